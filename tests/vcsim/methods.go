package main

import (
	"strconv"

	"github.com/vmware/govmomi/simulator"
	"github.com/vmware/govmomi/vim25/mo"
	"github.com/vmware/govmomi/vim25/types"
)

// handler returns what answers this call in place of the stock simulator, or nil.
func (d *door) handler(method *simulator.Method) func() outcome {
	switch request := method.Body.(type) {
	case *types.ReconfigureDVPortgroup_Task:
		return func() outcome { return d.reconfigurePortgroup(request) }
	case *types.ReconfigureDVPort_Task:
		return func() outcome { return d.reconfigurePorts(request) }
	case *types.FetchDVPorts:
		return func() outcome { return fetchPorts(request) }
	case *types.UpdatePortGroup:
		return func() outcome { return updatePortGroup(request) }
	case *types.UpdateVirtualSwitch:
		return func() outcome { return updateVirtualSwitch(request) }
	case *types.AddPortGroup:
		if networkNamed(request.This, request.Portgrp.Name) {
			return func() outcome { return addPortGroup(request) }
		}
	case *types.RetrievePropertiesEx:
		replug()
	case *types.RemovePortGroup:
		return removePortGroup(request)
	case *types.Destroy_Task:
		return d.removeGroup(request)
	case *types.CreateVM_Task:
		return func() outcome { return d.createMachine(request) }
	case *types.CloneVM_Task:
		return func() outcome { return d.cloneMachine(request) }
	case *types.ReconfigVM_Task:
		return func() outcome { return d.reconfigureMachine(request) }
	case *types.StartProgramInGuest:
		return func() outcome { return d.guests.start(request) }
	case *types.ListProcessesInGuest:
		return func() outcome { return d.guests.list(request) }
	case *types.TerminateProcessInGuest:
		return func() outcome { return d.guests.terminate(request) }
	case *types.InitiateFileTransferToGuest:
		return func() outcome { return d.guests.offerPut(request) }
	case *types.InitiateFileTransferFromGuest:
		return func() outcome { return d.guests.offerGet(request) }
	case *types.DeleteFileInGuest:
		return func() outcome { return d.guests.remove(request) }
	case *types.SetField:
		return func() outcome { return setField(request) }
	case *types.HasUserPrivilegeOnEntities:
		return func() outcome { return d.hasPrivileges(request) }
	case *types.ContinueRetrievePropertiesEx:
		return func() outcome { return d.pages.next(request.Token) }
	}
	return nil
}

// after completes what the stock simulator leaves out of the objects that it has just made.
func (d *door) after(method *simulator.Method) {
	switch request := method.Body.(type) {
	case *types.AddDVPortgroup_Task:
		completePortgroups()
	case *types.AddPortGroup:
		completePortGroup(request)
	case *types.Destroy_Task:
		forgetMachine(request.This)
		d.guests.forget(request.This)
	case *types.PowerOnVM_Task, *types.ResetVM_Task:
		d.guests.boot(method.This)
	case *types.PowerOffVM_Task, *types.SuspendVM_Task:
		d.guests.end(method.This)
	}
}

// setField replaces the value of a field, where the stock simulator adds another one; an empty
// value leaves none. CustomFieldsManager.SetField.
func setField(request *types.SetField) outcome {
	object, ok := registry().Get(request.Entity).(mo.Entity)
	if !ok {
		return failed(&types.ManagedObjectNotFound{Obj: request.Entity})
	}
	if !fieldExists(request.Key) {
		return failed(&types.InvalidArgument{InvalidProperty: "key"})
	}
	registry().WithLock(object, func() {
		entity := object.Entity()
		entity.CustomValue = replaced(entity.CustomValue, request)
		entity.Value = replaced(entity.Value, request)
	})
	return succeeded(&types.SetFieldResponse{})
}

func fieldExists(key int32) bool {
	for _, field := range registry().CustomFieldsManager().Field {
		if field.Key == key {
			return true
		}
	}
	return false
}

func replaced(values []types.BaseCustomFieldValue, request *types.SetField) []types.BaseCustomFieldValue {
	var kept []types.BaseCustomFieldValue
	for _, value := range values {
		if value.GetCustomFieldValue().Key != request.Key {
			kept = append(kept, value)
		}
	}
	if request.Value == "" {
		return kept
	}
	return append(kept, &types.CustomFieldStringValue{
		CustomFieldValue: types.CustomFieldValue{Key: request.Key}, Value: request.Value,
	})
}

// hasPrivileges answers by what a test denied: AuthorizationManager.HasUserPrivilegeOnEntities.
func (d *door) hasPrivileges(request *types.HasUserPrivilegeOnEntities) outcome {
	var response types.HasUserPrivilegeOnEntitiesResponse
	for _, entity := range request.Entities {
		privileges := types.EntityPrivilege{Entity: entity}
		for _, id := range request.PrivId {
			privileges.PrivAvailability = append(privileges.PrivAvailability, types.PrivilegeAvailability{
				PrivId: id, IsGranted: !d.control.isDenied(request.UserName, id),
			})
		}
		response.Returnval = append(response.Returnval, privileges)
	}
	return succeeded(&response)
}

// report lets VMware Tools of a VM report these MACs: GuestInfo.net.
func report(name string, macs []string) {
	for _, entity := range registry().All("VirtualMachine") {
		machine, ok := entity.(*simulator.VirtualMachine)
		if !ok || machine.Name != name {
			continue
		}
		registry().WithLock(machine, func() {
			var own []types.GuestNicInfo
			for _, nic := range machine.Guest.Net {
				if nic.DeviceConfigId != -1 {
					own = append(own, nic)
				}
			}
			for _, mac := range macs {
				own = append(own, types.GuestNicInfo{MacAddress: mac, DeviceConfigId: -1, Connected: true})
			}
			machine.Guest.Net = own
		})
	}
}

func raised(version string) string {
	number, _ := strconv.Atoi(version)
	return strconv.Itoa(number + 1)
}
