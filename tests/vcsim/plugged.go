package main

import (
	"github.com/vmware/govmomi/simulator"
	"github.com/vmware/govmomi/vim25/types"
)

// replug lets each machine's networks be those that its NICs are on, each of them once, and only
// those: VirtualMachine.network. The stock simulator keeps the network that a NIC has left.
func replug() {
	for _, entity := range registry().All("VirtualMachine") {
		machine, ok := entity.(*simulator.VirtualMachine)
		if !ok || machine.Config == nil {
			continue
		}
		registry().WithLock(machine, func() { machine.Network = networksOf(machine) })
	}
}

func networksOf(machine *simulator.VirtualMachine) []types.ManagedObjectReference {
	var found []types.ManagedObjectReference
	for _, device := range machine.Config.Hardware.Device {
		card, ok := device.(types.BaseVirtualEthernetCard)
		if !ok {
			continue
		}
		if network := networkOf(card.GetVirtualEthernetCard()); network != nil && !contains(found, *network) {
			found = append(found, *network)
		}
	}
	return found
}

func networkOf(card *types.VirtualEthernetCard) *types.ManagedObjectReference {
	switch backing := card.Backing.(type) {
	case *types.VirtualEthernetCardDistributedVirtualPortBackingInfo:
		return &types.ManagedObjectReference{Type: "DistributedVirtualPortgroup", Value: backing.Port.PortgroupKey}
	case *types.VirtualEthernetCardNetworkBackingInfo:
		return backing.Network
	}
	return nil
}

func contains(all []types.ManagedObjectReference, wanted types.ManagedObjectReference) bool {
	for _, one := range all {
		if one == wanted {
			return true
		}
	}
	return false
}

// isPluggedInto says whether a NIC of any machine is on the network.
func isPluggedInto(network types.ManagedObjectReference, on *types.ManagedObjectReference) bool {
	for _, entity := range registry().All("VirtualMachine") {
		machine, ok := entity.(*simulator.VirtualMachine)
		if !ok || machine.Config == nil || on != nil && (machine.Runtime.Host == nil || *machine.Runtime.Host != *on) {
			continue
		}
		if contains(networksOf(machine), network) {
			return true
		}
	}
	return false
}

// removeGroup refuses to remove a distributed port group that is in use: ManagedEntity.Destroy_Task,
// "ResourceInUse: if the entity is in use". Nil lets the stock simulator remove it.
func (d *door) removeGroup(request *types.Destroy_Task) func() outcome {
	if request.This.Type != "DistributedVirtualPortgroup" || !isPluggedInto(request.This, nil) {
		return nil
	}
	return func() outcome {
		return d.run(request.This, "Destroy_Task", func() types.BaseMethodFault {
			return &types.ResourceInUse{VimFault: types.VimFault{}, Name: request.This.Value}
		})
	}
}

// removePortGroup removes a port group from one host; its Network goes with the last host that has
// it. HostNetworkSystem.RemovePortGroup: "NotFound", "ResourceInUse: if the port group is in use".
func removePortGroup(request *types.RemovePortGroup) func() outcome {
	host, network := hostOf(request.This)
	if host == nil {
		return nil
	}
	var reference *types.ManagedObjectReference
	for _, entity := range registry().All("Network") {
		if entity.Entity().Name == request.PgName {
			found := entity.Reference()
			reference = &found
		}
	}
	if reference != nil && isPluggedInto(*reference, &host.Self) {
		return func() outcome { return failed(&types.ResourceInUse{Name: request.PgName}) }
	}
	if reference != nil {
		registry().RemoveReference(host, &host.Network, *reference)
	}
	if !elsewhere(request) {
		registry().WithLock(host, func() { list(network, request.PgName) })
		return nil
	}
	return func() outcome {
		registry().WithLock(host, func() { forget(network, request.PgName) })
		return succeeded(&types.RemovePortGroupResponse{})
	}
}

// list names the port group in its switch, by which the stock simulator finds what it removes.
func list(network *types.HostNetworkInfo, name string) {
	for _, group := range network.Portgroup {
		for i := range network.Vswitch {
			vswitch := &network.Vswitch[i]
			if group.Spec.Name == name && group.Spec.VswitchName == vswitch.Name {
				vswitch.Portgroup = append(others(vswitch.Portgroup, name), name)
			}
		}
	}
}

func others(names []string, name string) []string {
	var found []string
	for _, one := range names {
		if one != name {
			found = append(found, one)
		}
	}
	return found
}

// elsewhere says whether another host has a port group of this name as well.
func elsewhere(request *types.RemovePortGroup) bool {
	for _, entity := range registry().All("HostSystem") {
		host, ok := entity.(*simulator.HostSystem)
		if !ok || *host.ConfigManager.NetworkSystem == request.This {
			continue
		}
		for _, group := range host.Config.Network.Portgroup {
			if group.Spec.Name == request.PgName {
				return true
			}
		}
	}
	return false
}

func forget(network *types.HostNetworkInfo, name string) {
	var kept []types.HostPortGroup
	for _, group := range network.Portgroup {
		if group.Spec.Name != name {
			kept = append(kept, group)
		}
	}
	network.Portgroup = kept
}

// misplugged refuses a NIC on a port group that is not there: VirtualMachine.ReconfigVM_Task,
// "VmConfigFault: if the spec is invalid. Typically, a more specific subclass is thrown".
func misplugged(spec types.VirtualMachineConfigSpec) types.BaseMethodFault {
	for i, change := range spec.DeviceChange {
		card, ok := change.GetVirtualDeviceConfigSpec().Device.(types.BaseVirtualEthernetCard)
		if ok && !isThere(card.GetVirtualEthernetCard().Backing) {
			return &types.InvalidDeviceSpec{DeviceIndex: int32(i)}
		}
	}
	return nil
}

func isThere(backing types.BaseVirtualDeviceBackingInfo) bool {
	switch place := backing.(type) {
	case *types.VirtualEthernetCardDistributedVirtualPortBackingInfo:
		key := types.ManagedObjectReference{Type: "DistributedVirtualPortgroup", Value: place.Port.PortgroupKey}
		return registry().Get(key) != nil
	case *types.VirtualEthernetCardNetworkBackingInfo:
		for _, network := range registry().All("Network") {
			if network.Entity().Name == place.DeviceName {
				return true
			}
		}
		return false
	}
	return true
}
