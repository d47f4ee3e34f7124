package main

import (
	"encoding/json"
	"net/http"
	"strings"
	"sync"
	"time"

	"github.com/vmware/govmomi/simulator"
	"github.com/vmware/govmomi/vim25/types"
)

// injected is what goes wrong with the n-th call of a method from now on: "delay", "disconnect",
// "expire" (all sessions end right before it), the name of a fault, or "task:" and the name of a fault
// that the task ends with.
type injected struct {
	Method  string  `json:"method"`
	Nth     int     `json:"nth"`
	Kind    string  `json:"kind"`
	Seconds float64 `json:"seconds"`
}

// order is what a test may ask for.
type order struct {
	Inject  *injected           `json:"inject"`
	Deny    map[string][]string `json:"deny"`    // privileges that a user lacks
	Allow   map[string][]string `json:"allow"`   // all the privileges that a user has
	Expire  bool                `json:"expire"`  // end all sessions
	Reset   bool                `json:"reset"`   // no faults and no denials any more
	Foreign map[string][]string `json:"foreign"` // MACs that a guest reports, by the VM's name
	Between *between            `json:"between"` // what somebody else does just before a call
	Guests  *script             `json:"guests"`  // who answers for what runs in the machines
}

// between raises the configVersion of a port group just before the n-th call of a method.
type between struct {
	Method    string `json:"method"`
	Portgroup string `json:"portgroup"`
	Times     int    `json:"times"`
}

type control struct {
	mutex   sync.Mutex
	faults  []*injected
	denied  map[string][]string
	allowed map[string][]string
	between *between
}

func newControl() *control {
	return &control{denied: map[string][]string{}, allowed: map[string][]string{}}
}

// needed are the privileges of the methods that we call, from "Required Privileges" of each in the
// API reference.
var needed = map[string]string{
	"ReconfigureDVPortgroup_Task": "DVPortgroup.Modify DVPortgroup.PolicyOp", // which, by what is changed
	"AddDVPortgroup_Task":         "DVPortgroup.Create",
	"ReconfigureDVPort_Task":      "DVSwitch.PortConfig",
	"UpdatePortGroup":             "Host.Config.Network",
	"AddPortGroup":                "Host.Config.Network",
	"RemovePortGroup":             "Host.Config.Network",
	"UpdateVirtualSwitch":         "Host.Config.Network",
	"AddCustomFieldDef":           "Global.ManageCustomFields",
	"SetField":                    "Global.SetCustomField",
	"RetrievePropertiesEx":        "System.View System.Read", // nobody walks to what he may not see

	"CreateVM_Task":                   "VirtualMachine.Inventory.Create",
	"CloneVM_Task":                    "VirtualMachine.Provisioning.DeployTemplate",
	"PowerOnVM_Task":                  "VirtualMachine.Interact.PowerOn",
	"PowerOffVM_Task":                 "VirtualMachine.Interact.PowerOff",
	"ResetVM_Task":                    "VirtualMachine.Interact.Reset",
	"SuspendVM_Task":                  "VirtualMachine.Interact.Suspend",
	"ReconfigureComputeResource_Task": "Host.Inventory.EditCluster",
	"CopyVirtualDisk_Task":            "Datastore.FileManagement",
	"StartProgramInGuest":             "VirtualMachine.GuestOperations.Execute",
	"ListProcessesInGuest":            "VirtualMachine.GuestOperations.Query",
	"InitiateFileTransferFromGuest":   "VirtualMachine.GuestOperations.Query",
	"InitiateFileTransferToGuest":     "VirtualMachine.GuestOperations.Modify",
	"DeleteFileInGuest":               "VirtualMachine.GuestOperations.Modify",
}

func (c *control) inject(method string) *injected {
	c.mutex.Lock()
	defer c.mutex.Unlock()
	for i, fault := range c.faults {
		if fault.Method != method {
			continue
		}
		if fault.Nth--; fault.Nth > 0 {
			continue
		}
		c.faults = append(c.faults[:i], c.faults[i+1:]...)
		return fault
	}
	return nil
}

// acts does what was asked for and says whether the call is over with it.
func (i *injected) acts(w http.ResponseWriter, method *simulator.Method) bool {
	if i == nil {
		return false
	}
	switch {
	case i.Kind == "delay":
		time.Sleep(time.Duration(i.Seconds * float64(time.Second)))
		return false
	case i.Kind == "disconnect":
		panic(http.ErrAbortHandler)
	case strings.HasPrefix(i.Kind, "task:"):
		fault := faultOf(strings.TrimPrefix(i.Kind, "task:"), method)
		task := simulator.CreateTask(method.This, method.Name, func(*simulator.Task) (types.AnyType, types.BaseMethodFault) {
			return nil, fault
		})
		answer(w, started(method.Name, task.Run()))
	default:
		answer(w, failed(faultOf(i.Kind, method)))
	}
	return true
}

// faultOf returns a fault of this name as the method would end with it.
func faultOf(name string, method *simulator.Method) types.BaseMethodFault {
	fault := faultOn(name, method.This)
	if denial, ok := fault.(*types.NoPermission); ok {
		denial.PrivilegeId, _, _ = strings.Cut(privilegesOf(method), " ")
	}
	return fault
}

func (d *door) serveControl(w http.ResponseWriter, r *http.Request) {
	var wanted order
	if err := json.NewDecoder(r.Body).Decode(&wanted); err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	if i := wanted.Inject; i != nil && !strings.Contains(" delay disconnect expire ", " "+i.Kind+" ") &&
		faultNamed(strings.TrimPrefix(i.Kind, "task:")) == nil {
		http.Error(w, "no such fault: "+i.Kind, http.StatusBadRequest)
		return
	}
	d.control.obey(wanted)
	if wanted.Expire {
		d.expire()
	}
	if wanted.Guests != nil {
		d.guests.follow(*wanted.Guests)
	}
	for name, macs := range wanted.Foreign {
		report(name, macs)
	}
}

func (c *control) obey(wanted order) {
	c.mutex.Lock()
	defer c.mutex.Unlock()
	if wanted.Reset {
		c.faults, c.denied, c.allowed, c.between = nil, map[string][]string{}, map[string][]string{}, nil
	}
	if wanted.Inject != nil {
		c.faults = append(c.faults, wanted.Inject)
	}
	for user, privileges := range wanted.Deny {
		c.denied[user] = privileges
	}
	for user, privileges := range wanted.Allow {
		c.allowed[user] = privileges
	}
	if wanted.Between != nil {
		c.between = wanted.Between
	}
}
