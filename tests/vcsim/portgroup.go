package main

import (
	"time"

	"github.com/vmware/govmomi/simulator"
	"github.com/vmware/govmomi/vim25/types"
)

// reconfigurePortgroup merges what the specification names into the port group, and refuses an old
// configVersion: DistributedVirtualPortgroup.ReconfigureDVPortgroup_Task, "ConcurrentAccess: if the
// configVersion in the spec does not match". What the specification leaves unset stays.
func (d *door) reconfigurePortgroup(request *types.ReconfigureDVPortgroup_Task) outcome {
	group, ok := registry().Get(request.This).(*simulator.DistributedVirtualPortgroup)
	if !ok {
		return failed(&types.ManagedObjectNotFound{Obj: request.This})
	}
	d.control.meddle("ReconfigureDVPortgroup_Task")
	spec := request.Spec
	return d.run(group.Self, "ReconfigureDVPortgroup_Task", func() types.BaseMethodFault {
		var fault types.BaseMethodFault
		registry().WithLock(group, func() { fault = reconfigured(group, spec) })
		return fault
	})
}

func reconfigured(group *simulator.DistributedVirtualPortgroup, spec types.DVPortgroupConfigSpec) types.BaseMethodFault {
	if spec.ConfigVersion != "" && spec.ConfigVersion != group.Config.ConfigVersion {
		return &types.ConcurrentAccess{}
	}
	config := &group.Config
	if spec.DefaultPortConfig != nil {
		fresh := new(types.VMwareDVSPortSetting)
		merge(fresh, config.DefaultPortConfig)
		merge(fresh, spec.DefaultPortConfig)
		config.DefaultPortConfig = fresh
		inherit(fresh)
	}
	if spec.Policy != nil {
		fresh := new(types.VMwareDVSPortgroupPolicy)
		merge(fresh, config.Policy)
		merge(fresh, spec.Policy)
		config.Policy = fresh
	}
	if spec.Name != "" {
		config.Name, group.Name = spec.Name, spec.Name
	}
	if spec.Description != "" {
		config.Description = spec.Description
	}
	if spec.NumPorts != 0 {
		config.NumPorts = spec.NumPorts
	}
	config.ConfigVersion = raised(config.ConfigVersion)
	return nil
}

// meddle does what somebody else may do at any time: it changes the port group just before us.
func (c *control) meddle(method string) {
	c.mutex.Lock()
	defer c.mutex.Unlock()
	if c.between == nil || c.between.Method != method || c.between.Times == 0 {
		return
	}
	c.between.Times--
	for _, entity := range registry().All("DistributedVirtualPortgroup") {
		group, ok := entity.(*simulator.DistributedVirtualPortgroup)
		if ok && group.Name == c.between.Portgroup {
			group.Config.ConfigVersion = raised(group.Config.ConfigVersion)
		}
	}
}

// run lets a task be queued, then run, then end: the stock one has always ended. TaskInfo.state.
func (d *door) run(on types.ManagedObjectReference, name string, work func() types.BaseMethodFault) outcome {
	return d.runFor(on, name, func() (types.AnyType, types.BaseMethodFault) { return nil, work() })
}

// runFor does the same for work that has a result: TaskInfo.result.
func (d *door) runFor(on types.ManagedObjectReference, name string, work func() (types.AnyType, types.BaseMethodFault)) outcome {
	task := simulator.CreateTask(on, name, func(*simulator.Task) (types.AnyType, types.BaseMethodFault) {
		time.Sleep(d.options.taskDelay / 2)
		return work()
	})
	go func() {
		time.Sleep(d.options.taskDelay / 2)
		task.Run()
	}()
	return started(name, task.Self)
}

// completePortgroups gives port groups what each has in vSphere: a configVersion, and policies with
// the values that they inherit from the switch.
func completePortgroups() {
	for _, entity := range registry().All("DistributedVirtualPortgroup") {
		group, ok := entity.(*simulator.DistributedVirtualPortgroup)
		if !ok || group.Config.ConfigVersion != "" && group.Config.ConfigVersion != "1" {
			continue
		}
		registry().WithLock(group, func() {
			group.Config.ConfigVersion = "1"
			if setting, ok := group.Config.DefaultPortConfig.(*types.VMwareDVSPortSetting); ok {
				complete(setting, hasLearning(group))
			}
		})
	}
}

func hasLearning(group *simulator.DistributedVirtualPortgroup) bool {
	vds, ok := registry().Get(*group.Config.DistributedVirtualSwitch).(*simulator.DistributedVirtualSwitch)
	return ok && (vds.Summary.ProductInfo == nil || vds.Summary.ProductInfo.Version >= "6.6.0")
}
