package main

import (
	"github.com/vmware/govmomi/simulator"
	"github.com/vmware/govmomi/vim25/types"
)

// hostOf returns the host of a network system, and what both show: HostSystem.config.network and
// HostNetworkSystem.networkInfo are one and the same.
func hostOf(system types.ManagedObjectReference) (*simulator.HostSystem, *types.HostNetworkInfo) {
	for _, entity := range registry().All("HostSystem") {
		host, ok := entity.(*simulator.HostSystem)
		if ok && host.ConfigManager.NetworkSystem != nil && *host.ConfigManager.NetworkSystem == system {
			return host, host.Config.Network
		}
	}
	return nil, nil
}

// updatePortGroup replaces the specification of a port group: HostNetworkSystem.UpdatePortGroup,
// "NotFound: if the port group was not found". A policy value that is unset is inherited from the
// virtual switch.
func updatePortGroup(request *types.UpdatePortGroup) outcome {
	host, network := hostOf(request.This)
	if host == nil {
		return failed(&types.ManagedObjectNotFound{Obj: request.This})
	}
	fault := types.BaseMethodFault(&types.NotFound{})
	registry().WithLock(host, func() {
		for i := range network.Portgroup {
			if network.Portgroup[i].Spec.Name == request.PgName {
				network.Portgroup[i].Spec = request.Portgrp
				fault = nil
			}
		}
		compute(network)
	})
	if fault != nil {
		return failed(fault)
	}
	return succeeded(&types.UpdatePortGroupResponse{})
}

// updateVirtualSwitch replaces the specification of a switch: HostNetworkSystem.UpdateVirtualSwitch.
func updateVirtualSwitch(request *types.UpdateVirtualSwitch) outcome {
	host, network := hostOf(request.This)
	if host == nil {
		return failed(&types.ManagedObjectNotFound{Obj: request.This})
	}
	fault := types.BaseMethodFault(&types.NotFound{})
	registry().WithLock(host, func() {
		for i := range network.Vswitch {
			if network.Vswitch[i].Name == request.VswitchName {
				network.Vswitch[i].Spec = request.Spec
				fault = nil
			}
		}
		compute(network)
	})
	if fault != nil {
		return failed(fault)
	}
	return succeeded(&types.UpdateVirtualSwitchResponse{})
}

// networkNamed says whether a port group of this name is on a host already.
func networkNamed(system types.ManagedObjectReference, name string) bool {
	for _, entity := range registry().All("Network") {
		if entity.Entity().Name == name {
			return true
		}
	}
	return false
}

// addPortGroup adds a port group whose name another host has already: there is one Network for all
// of them. HostNetworkSystem.AddPortGroup; Network, "name".
func addPortGroup(request *types.AddPortGroup) outcome {
	host, network := hostOf(request.This)
	if host == nil {
		return failed(&types.ManagedObjectNotFound{Obj: request.This})
	}
	for _, group := range network.Portgroup {
		if group.Spec.Name == request.Portgrp.Name {
			return failed(&types.AlreadyExists{Name: request.Portgrp.Name})
		}
	}
	registry().WithLock(host, func() {
		network.Portgroup = append(network.Portgroup, types.HostPortGroup{
			Key: "key-vim.host.PortGroup-" + request.Portgrp.Name, Spec: request.Portgrp,
		})
	})
	completePortGroup(request)
	return succeeded(&types.AddPortGroupResponse{})
}

// completePortGroup does what the stock simulator leaves out: the link to the switch, the policy in
// effect, and the network in the host's list.
func completePortGroup(request *types.AddPortGroup) {
	host, network := hostOf(request.This)
	if host == nil {
		return
	}
	registry().WithLock(host, func() { compute(network) })
	for _, entity := range registry().All("Network") {
		if entity.Entity().Name == request.Portgrp.Name {
			registry().AddReference(host, &host.Network, entity.Reference())
		}
	}
}

// compute fills in the policy in effect: HostPortGroup.computedPolicy.
func compute(network *types.HostNetworkInfo) {
	for i := range network.Portgroup {
		group := &network.Portgroup[i]
		for _, vswitch := range network.Vswitch {
			if vswitch.Name == group.Spec.VswitchName {
				group.Vswitch = vswitch.Key
				group.ComputedPolicy.Security = computed(vswitch.Spec.Policy, group.Spec.Policy.Security)
			}
		}
	}
}

func computed(above *types.HostNetworkPolicy, own *types.HostNetworkSecurityPolicy) *types.HostNetworkSecurityPolicy {
	result := types.HostNetworkSecurityPolicy{
		AllowPromiscuous: types.NewBool(false), MacChanges: types.NewBool(true), ForgedTransmits: types.NewBool(true),
	}
	if above != nil {
		overlay(&result, above.Security)
	}
	overlay(&result, own)
	return &result
}

func overlay(result, own *types.HostNetworkSecurityPolicy) {
	if own != nil {
		merge(result, own)
	}
}
