package main

import (
	"sync"

	"github.com/vmware/govmomi/simulator"
	"github.com/vmware/govmomi/vim25/types"
)

// overrides are the settings that single ports have of their own, by switch and port key.
var overrides = struct {
	sync.Mutex
	settings map[string]*types.VMwareDVSPortSetting
}{settings: map[string]*types.VMwareDVSPortSetting{}}

// reconfigurePorts gives ports settings of their own: DistributedVirtualSwitch.ReconfigureDVPort_Task.
func (d *door) reconfigurePorts(request *types.ReconfigureDVPort_Task) outcome {
	vds, ok := registry().Get(request.This).(*simulator.DistributedVirtualSwitch)
	if !ok {
		return failed(&types.ManagedObjectNotFound{Obj: request.This})
	}
	return d.run(vds.Self, "ReconfigureDVPort_Task", func() types.BaseMethodFault {
		overrides.Lock()
		defer overrides.Unlock()
		for _, port := range request.Port {
			setting := new(types.VMwareDVSPortSetting)
			merge(setting, port.Setting)
			overrides.settings[vds.Uuid+"/"+port.Key] = setting
		}
		return nil
	})
}

// fetchPorts returns the ports of the port groups that the criteria name, with their settings.
// DistributedVirtualSwitch.FetchDVPorts.
func fetchPorts(request *types.FetchDVPorts) outcome {
	vds, ok := registry().Get(request.This).(*simulator.DistributedVirtualSwitch)
	if !ok {
		return failed(&types.ManagedObjectNotFound{Obj: request.This})
	}
	var response types.FetchDVPortsResponse
	overrides.Lock()
	defer overrides.Unlock()
	for _, reference := range vds.Portgroup {
		group, ok := registry().Get(reference).(*simulator.DistributedVirtualPortgroup)
		if !ok || !wanted(request.Criteria, group.Key) {
			continue
		}
		for _, key := range group.PortKeys {
			port := types.DistributedVirtualPort{
				DvsUuid: vds.Uuid, Key: key, PortgroupKey: group.Key,
				Config: types.DVPortConfigInfo{Setting: group.Config.DefaultPortConfig, ConfigVersion: "1"},
			}
			if own := overrides.settings[vds.Uuid+"/"+key]; own != nil {
				port.Config.Setting = own
			}
			response.Returnval = append(response.Returnval, port)
		}
	}
	return succeeded(&response)
}

func wanted(criteria *types.DistributedVirtualSwitchPortCriteria, key string) bool {
	if criteria == nil || len(criteria.PortgroupKey) == 0 {
		return true
	}
	for _, one := range criteria.PortgroupKey {
		if one == key {
			return true
		}
	}
	return false
}
