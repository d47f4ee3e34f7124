package main

import (
	"context"
	"reflect"

	"github.com/vmware/govmomi/object"
	"github.com/vmware/govmomi/simulator"
	"github.com/vmware/govmomi/simulator/esx"
	"github.com/vmware/govmomi/vim25/methods"
	"github.com/vmware/govmomi/vim25/mo"
	"github.com/vmware/govmomi/vim25/types"
)

// createMachine refuses a name that is taken in the folder: Folder.CreateVM_Task, "DuplicateName: if
// another virtual machine in the same folder already has the specified target name". The stock
// simulator makes a second one.
func (d *door) createMachine(request *types.CreateVM_Task) outcome {
	return d.runFor(request.This, "CreateVM_Task", func() (types.AnyType, types.BaseMethodFault) {
		d.names.Lock()
		defer d.names.Unlock()
		return created(request)
	})
}

func created(request *types.CreateVM_Task) (types.AnyType, types.BaseMethodFault) {
	if taken := namesake(request.This, request.Config.Name); taken != nil {
		return nil, &types.DuplicateName{Name: request.Config.Name, Object: *taken}
	}
	response, err := methods.CreateVM_Task(context.Background(), service, request)
	if err != nil {
		return nil, &types.RuntimeFault{}
	}
	made := registry().Get(response.Returnval).(*simulator.Task)
	if made.Info.Error != nil {
		return nil, made.Info.Error.Fault
	}
	machine := registry().Get(made.Info.Result.(types.ManagedObjectReference)).(*simulator.VirtualMachine)
	machine.Config.ChangeVersion = "1"
	return machine.Self, nil
}

func namesake(folder types.ManagedObjectReference, name string) *types.ManagedObjectReference {
	for _, entity := range registry().All("VirtualMachine") {
		other := entity.Entity()
		if other.Name == name && other.Parent != nil && *other.Parent == folder {
			return &other.Self
		}
	}
	return nil
}

// cloneMachine makes a machine with copies of all devices, and with what the specification's `config`
// says in one go: VirtualMachine.CloneVM_Task, VirtualMachineCloneSpec.config. The stock simulator
// shares the devices of the source with the clone. An ESXi host refuses: "NotSupported", for the method
// is there under vCenter only.
func (d *door) cloneMachine(request *types.CloneVM_Task) outcome {
	source, ok := registry().Get(request.This).(*simulator.VirtualMachine)
	if !ok {
		return failed(&types.ManagedObjectNotFound{Obj: request.This})
	}
	if d.options.kind == "esxi" {
		return failed(&types.NotSupported{})
	}
	return d.runFor(source.Self, "CloneVM_Task", func() (types.AnyType, types.BaseMethodFault) {
		d.names.Lock()
		defer d.names.Unlock()
		return cloned(source, request)
	})
}

func cloned(source *simulator.VirtualMachine, request *types.CloneVM_Task) (types.AnyType, types.BaseMethodFault) {
	pool := request.Spec.Location.Pool
	if pool == nil && source.Config.Template {
		return nil, &types.InvalidArgument{InvalidProperty: "spec.location.pool"}
	}
	if pool == nil {
		pool = source.ResourcePool
	}
	var place object.DatastorePath
	place.FromString(source.Config.Files.VmPathName)
	place.Path = ""
	if request.Spec.Location.Datastore != nil {
		place.Datastore = registry().Get(*request.Spec.Location.Datastore).(*simulator.Datastore).Name
	}
	config := types.VirtualMachineConfigSpec{
		Name: request.Name, GuestId: source.Config.GuestId,
		NumCPUs: source.Config.Hardware.NumCPU, MemoryMB: int64(source.Config.Hardware.MemoryMB),
		Files: &types.VirtualMachineFileInfo{VmPathName: place.String()},
	}
	standard := object.VirtualDeviceList(esx.VirtualDevice)
	for _, device := range source.Config.Hardware.Device {
		if standard.FindByKey(device.GetVirtualDevice().Key) == nil {
			config.DeviceChange = append(config.DeviceChange, addition(device))
		}
	}
	result, fault := created(&types.CreateVM_Task{
		This: request.Folder, Config: config, Pool: *pool, Host: request.Spec.Location.Host,
	})
	if fault != nil || request.Spec.Config == nil {
		return result, fault
	}
	machine := registry().Get(result.(types.ManagedObjectReference)).(*simulator.VirtualMachine)
	return result, changed(machine, *request.Spec.Config)
}

// addition returns what adds a copy of the device; of a disk, with a file of its own.
func addition(device types.BaseVirtualDevice) types.BaseVirtualDeviceConfigSpec {
	fresh := reflect.New(reflect.TypeOf(device).Elem())
	fresh.Elem().Set(reflect.ValueOf(device).Elem())
	change := &types.VirtualDeviceConfigSpec{
		Operation: types.VirtualDeviceConfigSpecOperationAdd, Device: fresh.Interface().(types.BaseVirtualDevice),
	}
	if disk, ok := change.Device.(*types.VirtualDisk); ok {
		backing := *disk.Backing.(*types.VirtualDiskFlatVer2BackingInfo)
		backing.FileName, backing.Parent = "", nil
		disk.Backing = &backing
		change.FileOperation = types.VirtualDeviceConfigSpecFileOperationCreate
	}
	return change
}

// reconfigureMachine checks `changeVersion` ("ConcurrentAccess: if the changeVersion does not match the
// server's changeVersion for the configuration") and replaces values of `extraConfig`, where an empty
// one removes the key: VirtualMachine.ReconfigVM_Task, VirtualMachineConfigSpec. The stock simulator
// knows no version and adds a second value.
func (d *door) reconfigureMachine(request *types.ReconfigVM_Task) outcome {
	machine, ok := registry().Get(request.This).(*simulator.VirtualMachine)
	if !ok {
		return failed(&types.ManagedObjectNotFound{Obj: request.This})
	}
	return d.run(machine.Self, "ReconfigVM_Task", func() types.BaseMethodFault {
		d.names.Lock()
		defer d.names.Unlock()
		return changed(machine, request.Spec)
	})
}

func changed(machine *simulator.VirtualMachine, spec types.VirtualMachineConfigSpec) types.BaseMethodFault {
	if spec.ChangeVersion != "" && spec.ChangeVersion != machine.Config.ChangeVersion {
		return &types.ConcurrentAccess{}
	}
	if fault := misplugged(spec); fault != nil {
		return fault
	}
	extra := spec.ExtraConfig
	spec.ExtraConfig = nil
	request := &types.ReconfigVM_Task{This: machine.Self, Spec: spec}
	response, err := methods.ReconfigVM_Task(context.Background(), service, request)
	if err != nil {
		return &types.RuntimeFault{}
	}
	if made := registry().Get(response.Returnval).(*simulator.Task); made.Info.Error != nil {
		return made.Info.Error.Fault.(types.BaseMethodFault)
	}
	registry().WithLock(machine, func() {
		for _, option := range extra {
			machine.Config.ExtraConfig = withOption(machine.Config.ExtraConfig, option.GetOptionValue())
		}
		machine.Config.ChangeVersion = raised(machine.Config.ChangeVersion)
	})
	return nil
}

func withOption(options []types.BaseOptionValue, wanted *types.OptionValue) []types.BaseOptionValue {
	var kept []types.BaseOptionValue
	for _, option := range options {
		if option.GetOptionValue().Key != wanted.Key {
			kept = append(kept, option)
		}
	}
	if wanted.Value == "" || wanted.Value == nil {
		return kept
	}
	return append(kept, wanted)
}

// forgetMachine takes a machine that was removed out of the rules of its cluster, as vCenter does; a
// rule of fewer than two machines stays, and is not enforced. ClusterAntiAffinityRuleSpec.vm.
func forgetMachine(gone types.ManagedObjectReference) {
	for _, entity := range registry().All("ClusterComputeResource") {
		cluster := entity.(*simulator.ClusterComputeResource)
		registry().WithLock(cluster, func() {
			for _, rule := range cluster.ConfigurationEx.(*types.ClusterConfigInfoEx).Rule {
				if apart, ok := rule.(*types.ClusterAntiAffinityRuleSpec); ok {
					apart.Vm = without(apart.Vm, gone)
				}
			}
		})
	}
}

func without(all []types.ManagedObjectReference, gone types.ManagedObjectReference) []types.ManagedObjectReference {
	var kept []types.ManagedObjectReference
	for _, one := range all {
		if one != gone {
			kept = append(kept, one)
		}
	}
	return kept
}

// pattern makes what machines are made from: a template, or on a host without vCenter a machine that
// is off. It has a disk of 2 GiB and a NIC.
func pattern(name string) error {
	folder, pool, err := placement()
	if err != nil {
		return err
	}
	controller := &types.ParaVirtualSCSIController{VirtualSCSIController: types.VirtualSCSIController{
		SharedBus:         types.VirtualSCSISharingNoSharing,
		VirtualController: types.VirtualController{VirtualDevice: types.VirtualDevice{Key: 1000}},
	}}
	unit := int32(0)
	disk := &types.VirtualDisk{CapacityInKB: 2 << 20, CapacityInBytes: 2 << 30, VirtualDevice: types.VirtualDevice{
		Key: 2000, ControllerKey: 1000, UnitNumber: &unit,
		Backing: &types.VirtualDiskFlatVer2BackingInfo{DiskMode: "persistent"},
	}}
	nic := &types.VirtualVmxnet3{VirtualVmxnet: types.VirtualVmxnet{VirtualEthernetCard: types.VirtualEthernetCard{
		VirtualDevice: types.VirtualDevice{Key: 4000, Backing: &types.VirtualEthernetCardNetworkBackingInfo{
			VirtualDeviceDeviceBackingInfo: types.VirtualDeviceDeviceBackingInfo{DeviceName: "VM Network"},
		}},
		AddressType: "generated",
	}}}
	devices := object.VirtualDeviceList{controller, disk, nic}
	changes, err := devices.ConfigSpec(types.VirtualDeviceConfigSpecOperationAdd)
	if err != nil {
		return err
	}
	result, fault := created(&types.CreateVM_Task{This: folder, Pool: pool, Config: types.VirtualMachineConfigSpec{
		Name: name, GuestId: "debian11_64Guest", NumCPUs: 1, MemoryMB: 512, DeviceChange: changes,
		Files: &types.VirtualMachineFileInfo{VmPathName: "[LocalDS_0]"},
	}})
	if fault != nil {
		return unmade{fault}
	}
	if registry().IsVPX() {
		_, err = methods.MarkAsTemplate(context.Background(), service, &types.MarkAsTemplate{
			This: result.(types.ManagedObjectReference),
		})
	}
	return err
}

type unmade struct{ fault types.BaseMethodFault }

func (u unmade) Error() string {
	return "cannot make the template: " + reflect.TypeOf(u.fault).String()
}

// placement returns the folder of the first datacenter's machines, and the pool of its cluster or host.
func placement() (folder, pool types.ManagedObjectReference, err error) {
	center := registry().Any("Datacenter").(*simulator.Datacenter)
	switch place := registry().Any("ClusterComputeResource").(type) {
	case *simulator.ClusterComputeResource:
		return center.VmFolder, *place.ResourcePool, nil
	default:
		alone := registry().Any("ComputeResource").(*mo.ComputeResource)
		return center.VmFolder, *alone.ResourcePool, nil
	}
}

// settleMachines gives each machine of the default inventory the version that each has in vSphere:
// VirtualMachineConfigInfo.changeVersion.
func settleMachines() {
	for _, entity := range registry().All("VirtualMachine") {
		if machine, ok := entity.(*simulator.VirtualMachine); ok && machine.Config.ChangeVersion == "" {
			machine.Config.ChangeVersion = "1"
		}
	}
}
