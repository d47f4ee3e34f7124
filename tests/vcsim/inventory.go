package main

import (
	"context"
	"fmt"
	"sort"
	"strings"

	"github.com/vmware/govmomi/object"
	"github.com/vmware/govmomi/simulator"
	"github.com/vmware/govmomi/vim25"
	"github.com/vmware/govmomi/vim25/methods"
	"github.com/vmware/govmomi/vim25/types"
)

// service is the stock simulator as it is reached without a network.
var service *simulator.Service

const reversePathCheck = "Net.ReversePathFwdCheckPromisc"

// inventory makes the default inventory: a vCenter with a cluster, a lone host, a current and an old
// distributed switch and standard port groups that differ from host to host; or a single ESXi host.
func inventory(o options) (*simulator.Service, error) {
	model := simulator.VPX()
	model.PortgroupNSX = 1
	if o.kind == "esxi" {
		model = simulator.ESX()
	}
	model.ServiceContent.About.ApiVersion = o.api
	if err := model.Create(); err != nil {
		return nil, err
	}
	service = model.Service
	settleHosts()
	if err := pattern("debian-12"); err != nil {
		return nil, err
	}
	settleMachines()
	if o.kind == "esxi" {
		return model.Service, standardGroups("esxi-")
	}
	if err := distributedGroups(); err != nil {
		return nil, err
	}
	return model.Service, standardGroups("")
}

// settleHosts gives each host options of its own, and one truth about its networks.
func settleHosts() {
	for _, entity := range registry().All("HostSystem") {
		host, ok := entity.(*simulator.HostSystem)
		if !ok {
			continue
		}
		system, ok := registry().Get(*host.ConfigManager.NetworkSystem).(*simulator.HostNetworkSystem)
		if ok {
			system.NetworkInfo = host.Config.Network
		}
		compute(host.Config.Network)
		setting := []types.BaseOptionValue{&types.OptionValue{Key: reversePathCheck, Value: int32(0)}}
		manager := simulator.NewOptionManager(nil, setting)
		reference := registry().Put(manager).Reference()
		host.ConfigManager.AdvancedOption = &reference
	}
}

func distributedGroups() error {
	ctx := context.Background()
	client, err := vim25.NewClient(ctx, service)
	if err != nil {
		return err
	}
	current := registry().Any("DistributedVirtualSwitch").(*simulator.DistributedVirtualSwitch)
	describe(current, "7.0.3")
	groups := []types.DVPortgroupConfigSpec{
		group("open", own(true, true, true)),
		group("learning", learning()),
		group("forged-only", own(false, false, true)),
	}
	task, err := object.NewDistributedVirtualSwitch(client, current.Self).AddPortgroup(ctx, groups)
	if err != nil {
		return err
	}
	if err := task.Wait(ctx); err != nil {
		return err
	}
	return oldSwitch(ctx, client)
}

// oldSwitch makes a switch from before MAC learning, and marks the uplinks of the current one.
func oldSwitch(ctx context.Context, client *vim25.Client) error {
	center := registry().Any("Datacenter").(*simulator.Datacenter)
	folder := object.NewFolder(client, center.NetworkFolder)
	spec := types.DVSCreateSpec{ConfigSpec: &types.VMwareDVSConfigSpec{DVSConfigSpec: types.DVSConfigSpec{Name: "DVS-old"}}}
	task, err := folder.CreateDVS(ctx, spec)
	if err != nil {
		return err
	}
	info, err := task.WaitForResult(ctx, nil)
	if err != nil {
		return err
	}
	reference := info.Result.(types.ManagedObjectReference)
	describe(registry().Get(reference).(*simulator.DistributedVirtualSwitch), "6.5.0")
	old := object.NewDistributedVirtualSwitch(client, reference)
	task, err = old.AddPortgroup(ctx, []types.DVPortgroupConfigSpec{group("old-closed", nil)})
	if err != nil {
		return err
	}
	if err := task.Wait(ctx); err != nil {
		return err
	}
	completePortgroups()
	for _, entity := range registry().All("DistributedVirtualPortgroup") {
		if made, ok := entity.(*simulator.DistributedVirtualPortgroup); ok {
			made.Config.Uplink = types.NewBool(strings.Contains(made.Name, "DVUplinks"))
			if made.Config.BackingType == "" {
				made.Config.BackingType = "standard"
			}
		}
	}
	return nil
}

func describe(vds *simulator.DistributedVirtualSwitch, version string) {
	product := types.DistributedVirtualSwitchProductSpec{Name: "DVS", Vendor: "VMware, Inc.", Version: version}
	vds.Summary.ProductInfo = &product
	if config, ok := vds.Config.(*types.VMwareDVSConfigInfo); ok {
		config.ProductInfo = product
	}
}

func group(name string, setting *types.VMwareDVSPortSetting) types.DVPortgroupConfigSpec {
	spec := types.DVPortgroupConfigSpec{Name: name, Type: "earlyBinding", NumPorts: 8}
	if setting != nil {
		spec.DefaultPortConfig = setting
	}
	return spec
}

func own(promiscuous, changes, forged bool) *types.VMwareDVSPortSetting {
	policy := func(value bool) *types.BoolPolicy { return &types.BoolPolicy{Value: types.NewBool(value)} }
	return &types.VMwareDVSPortSetting{
		SecurityPolicy: &types.DVSSecurityPolicy{
			AllowPromiscuous: policy(promiscuous), MacChanges: policy(changes), ForgedTransmits: policy(forged),
		},
		MacManagementPolicy: &types.DVSMacManagementPolicy{
			AllowPromiscuous: types.NewBool(promiscuous), MacChanges: types.NewBool(changes), ForgedTransmits: types.NewBool(forged),
		},
	}
}

func learning() *types.VMwareDVSPortSetting {
	setting := own(false, false, true)
	policy := noLearning()
	policy.Inherited, policy.Enabled = false, true
	setting.MacManagementPolicy.MacLearningPolicy = policy
	return setting
}

// standardGroups puts one name on every host, with a policy that differs from host to host.
func standardGroups(prefix string) error {
	hosts := registry().All("HostSystem")
	sort.Slice(hosts, func(i, j int) bool { return hosts[i].Entity().Name < hosts[j].Entity().Name })
	for i, entity := range hosts {
		host := entity.(*simulator.HostSystem)
		request := types.AddPortGroup{This: *host.ConfigManager.NetworkSystem, Portgrp: types.HostPortGroupSpec{
			Name: prefix + "app", VlanId: 10, VswitchName: "vSwitch0",
		}}
		if i%2 == 1 {
			request.Portgrp.Policy.Security = &types.HostNetworkSecurityPolicy{
				AllowPromiscuous: types.NewBool(true), ForgedTransmits: types.NewBool(true),
			}
		}
		if err := addStandard(&request); err != nil {
			return err
		}
	}
	return nil
}

func addStandard(request *types.AddPortGroup) error {
	if networkNamed(request.This, request.Portgrp.Name) {
		if result := addPortGroup(request); result.fault != nil {
			return fmt.Errorf("cannot add %s: %T", request.Portgrp.Name, result.fault)
		}
		return nil
	}
	if _, err := methods.AddPortGroup(context.Background(), service, request); err != nil {
		return err
	}
	completePortGroup(request)
	return nil
}
