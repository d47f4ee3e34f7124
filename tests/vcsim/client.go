package main

import (
	"context"
	"encoding/json"
	"errors"
	"net/url"
	"os"
	"strings"

	"github.com/vmware/govmomi/object"
	"github.com/vmware/govmomi/session"
	"github.com/vmware/govmomi/view"
	"github.com/vmware/govmomi/vim25"
	"github.com/vmware/govmomi/vim25/mo"
	"github.com/vmware/govmomi/vim25/soap"
	"github.com/vmware/govmomi/vim25/types"
)

// A client of govmomi's, for the older policy object that ansible's modules do not know. It sets the
// securityPolicy of the port groups that are named, as NAME=ari (promiscuous mode, MAC changes,
// forged transmits; accept, reject or inherited), and prints that of all.
func client(ctx context.Context, address, authority string, wanted []string) error {
	place, err := soap.ParseURL(address)
	if err != nil {
		return err
	}
	transport := soap.NewClient(place, false)
	if err := transport.SetRootCAs(authority); err != nil {
		return err
	}
	connected, err := vim25.NewClient(ctx, transport)
	if err != nil {
		return err
	}
	user := url.UserPassword(place.User.Username(), os.Getenv("VCSIM_PASSWORD"))
	if err := session.NewManager(connected).Login(ctx, user); err != nil {
		return err
	}
	for _, order := range wanted {
		if err := give(ctx, connected, order); err != nil {
			return err
		}
	}
	told := map[string]string{}
	groups, err := portgroups(ctx, connected)
	if err != nil {
		return err
	}
	for _, group := range groups {
		told[group.Name] = letters(group)
	}
	return json.NewEncoder(os.Stdout).Encode(told)
}

func portgroups(ctx context.Context, c *vim25.Client) ([]mo.DistributedVirtualPortgroup, error) {
	kinds := []string{"DistributedVirtualPortgroup"}
	all, err := view.NewManager(c).CreateContainerView(ctx, c.ServiceContent.RootFolder, kinds, true)
	if err != nil {
		return nil, err
	}
	var found []mo.DistributedVirtualPortgroup
	err = all.Retrieve(ctx, kinds, []string{"name", "config"}, &found)
	return found, err
}

func give(ctx context.Context, c *vim25.Client, order string) error {
	name, words := order[:strings.LastIndex(order, "=")], order[strings.LastIndex(order, "=")+1:]
	groups, err := portgroups(ctx, c)
	if err != nil {
		return err
	}
	for _, group := range groups {
		if group.Name != name {
			continue
		}
		security := &types.DVSSecurityPolicy{
			AllowPromiscuous: word(words[0]), MacChanges: word(words[1]), ForgedTransmits: word(words[2]),
		}
		task, err := object.NewDistributedVirtualPortgroup(c, group.Self).Reconfigure(ctx, types.DVPortgroupConfigSpec{
			ConfigVersion:     group.Config.ConfigVersion,
			DefaultPortConfig: &types.VMwareDVSPortSetting{SecurityPolicy: security},
		})
		if err != nil {
			return err
		}
		return task.Wait(ctx)
	}
	return errors.New("no port group " + name)
}

func word(letter byte) *types.BoolPolicy {
	if letter == 'i' {
		return &types.BoolPolicy{InheritablePolicy: types.InheritablePolicy{Inherited: true}}
	}
	return &types.BoolPolicy{Value: types.NewBool(letter == 'a')}
}

func letters(group mo.DistributedVirtualPortgroup) string {
	setting, ok := group.Config.DefaultPortConfig.(*types.VMwareDVSPortSetting)
	if !ok || setting.SecurityPolicy == nil {
		return ""
	}
	told, policy := "", setting.SecurityPolicy
	for _, one := range []*types.BoolPolicy{policy.AllowPromiscuous, policy.MacChanges, policy.ForgedTransmits} {
		switch {
		case policy.Inherited || one == nil || one.Inherited || one.Value == nil:
			told += "i"
		case *one.Value:
			told += "a"
		default:
			told += "r"
		}
	}
	return told
}
