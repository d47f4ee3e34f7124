package main

import (
	"strings"

	"github.com/vmware/govmomi/simulator"
	"github.com/vmware/govmomi/vim25/types"
)

// neededToo are methods that any session may call, or that read: "Required Privileges" of each.
var neededToo = map[string]string{
	"RetrieveServiceContent":       "System.Anonymous",
	"Login":                        "System.Anonymous",
	"Logout":                       "System.View",
	"Fetch":                        "System.View",
	"FindByInventoryPath":          "System.View",
	"QueryOptions":                 "System.Read",
	"ContinueRetrievePropertiesEx": "System.Anonymous",
	"FindChild":                    "System.View",
	"CancelTask":                   "System.View", // of one's own task; for others' it is Global.CancelTask
}

// lacking returns a privilege that the call needs and the user lacks, or nothing. Of a method that no
// list has nobody knows what it needs: it is refused to whom a test has given a role.
func (c *control) lacking(user string, method *simulator.Method) string {
	c.mutex.Lock()
	defer c.mutex.Unlock()
	privileges := privilegesOf(method)
	if _, hasRole := c.allowed[user]; hasRole && privileges == "" {
		return "of " + method.Name + ", which is not listed"
	}
	for _, privilege := range strings.Fields(privileges) {
		if c.withholds(user, privilege) {
			return privilege
		}
	}
	return ""
}

// privilegesOf returns what a call needs; of a machine's configuration that is by what is changed in
// it: "Required Privileges" of ReconfigVM_Task, CloneVM_Task and CreateVM_Task.
func privilegesOf(method *simulator.Method) string {
	found := needed[method.Name] + " " + neededToo[method.Name]
	switch request := method.Body.(type) {
	case *types.ReconfigVM_Task:
		found += configuring(request.Spec)
	case *types.CloneVM_Task:
		found += " VirtualMachine.Inventory.CreateFromExisting Datastore.AllocateSpace Resource.AssignVMToPool"
		if request.Spec.Config != nil {
			found += configuring(*request.Spec.Config)
		}
	case *types.CreateVM_Task:
		found += " Resource.AssignVMToPool"
	case *types.Destroy_Task:
		if request.This.Type == "DistributedVirtualPortgroup" {
			return "DVPortgroup.Delete"
		}
		found += " VirtualMachine.Inventory.Delete"
	}
	return strings.TrimSpace(found)
}

func configuring(spec types.VirtualMachineConfigSpec) string {
	found := ""
	for privilege, isNeeded := range map[string]bool{
		"VirtualMachine.Config.CPUCount":       spec.NumCPUs != 0,
		"VirtualMachine.Config.Memory":         spec.MemoryMB != 0,
		"VirtualMachine.Config.Annotation":     spec.Annotation != "",
		"VirtualMachine.Config.AdvancedConfig": len(spec.ExtraConfig) > 0,
	} {
		if isNeeded {
			found += " " + privilege
		}
	}
	for _, change := range spec.DeviceChange {
		found += changing(change.GetVirtualDeviceConfigSpec())
	}
	return found
}

func changing(change *types.VirtualDeviceConfigSpec) string {
	_, isDisk := change.Device.(*types.VirtualDisk)
	_, isCard := change.Device.(types.BaseVirtualEthernetCard)
	isEdit := change.Operation == types.VirtualDeviceConfigSpecOperationEdit
	switch {
	case isDisk && isEdit:
		return " VirtualMachine.Config.DiskExtend"
	case isCard && isEdit:
		return " VirtualMachine.Config.EditDevice Network.Assign"
	case isCard && change.Operation == types.VirtualDeviceConfigSpecOperationAdd:
		return " VirtualMachine.Config.AddRemoveDevice Network.Assign"
	case isEdit:
		return " VirtualMachine.Config.EditDevice"
	}
	return " VirtualMachine.Config.AddRemoveDevice"
}

func (c *control) isDenied(user, privilege string) bool {
	c.mutex.Lock()
	defer c.mutex.Unlock()
	return c.withholds(user, privilege)
}

func (c *control) withholds(user, privilege string) bool {
	allowed, hasRole := c.allowed[user]
	return has(c.denied[user], privilege) || hasRole && !has(allowed, privilege)
}

func has(list []string, wanted string) bool {
	for _, one := range list {
		if one == wanted {
			return true
		}
	}
	return false
}
