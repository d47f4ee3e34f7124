package main

import (
	"reflect"

	"github.com/vmware/govmomi/vim25/types"
)

const mostMACs = int32(4096)

// complete adds the policies that a port group inherits where it has none of its own. The values
// are the defaults of a distributed switch: all three rejected, no MAC learning.
func complete(setting *types.VMwareDVSPortSetting, learning bool) {
	if setting.SecurityPolicy == nil {
		setting.SecurityPolicy = &types.DVSSecurityPolicy{InheritablePolicy: types.InheritablePolicy{Inherited: true}}
	}
	if setting.MacManagementPolicy == nil && learning {
		setting.MacManagementPolicy = &types.DVSMacManagementPolicy{InheritablePolicy: types.InheritablePolicy{Inherited: true}}
	}
	inherit(setting)
}

// inherit fills in what is inherited: a policy that is read holds the values in effect, and says of
// each whether it is the port group's own. InheritablePolicy.inherited.
func inherit(setting *types.VMwareDVSPortSetting) {
	if security := setting.SecurityPolicy; security != nil {
		for _, field := range []**types.BoolPolicy{&security.AllowPromiscuous, &security.MacChanges, &security.ForgedTransmits} {
			if *field == nil || security.Inherited {
				*field = &types.BoolPolicy{InheritablePolicy: types.InheritablePolicy{Inherited: true}}
			}
			if (*field).Inherited || (*field).Value == nil {
				(*field).Value = types.NewBool(false)
			}
		}
	}
	if management := setting.MacManagementPolicy; management != nil {
		for _, field := range []**bool{&management.AllowPromiscuous, &management.MacChanges, &management.ForgedTransmits} {
			if *field == nil || management.Inherited {
				*field = types.NewBool(false)
			}
		}
		if management.MacLearningPolicy == nil || management.MacLearningPolicy.Inherited {
			management.MacLearningPolicy = noLearning()
		}
	}
}

func noLearning() *types.DVSMacLearningPolicy {
	limit := mostMACs
	return &types.DVSMacLearningPolicy{
		InheritablePolicy:    types.InheritablePolicy{Inherited: true},
		AllowUnicastFlooding: types.NewBool(true),
		Limit:                &limit,
		LimitPolicy:          "DROP",
	}
}

// merge copies what is set in one value of an API type to another, and goes on inside objects: what
// a specification leaves unset stays as it is. A bool that is no pointer is always set.
func merge(into, from interface{}) {
	if from != nil && !reflect.ValueOf(from).IsNil() {
		mergeStruct(reflect.ValueOf(into).Elem(), reflect.ValueOf(from).Elem())
	}
}

func mergeStruct(into, from reflect.Value) {
	for i := 0; i < from.NumField(); i++ {
		target := into.FieldByName(from.Type().Field(i).Name)
		if target.IsValid() && target.Type() == from.Field(i).Type() {
			mergeField(target, from.Field(i))
		}
	}
}

func mergeField(into, from reflect.Value) {
	switch from.Kind() {
	case reflect.Struct:
		mergeStruct(into, from)
	case reflect.Bool:
		into.Set(from)
	case reflect.Ptr:
		if from.IsNil() {
			return
		}
		if from.Elem().Kind() != reflect.Struct {
			into.Set(from)
			return
		}
		fresh := reflect.New(from.Type().Elem())
		if !into.IsNil() {
			mergeStruct(fresh.Elem(), into.Elem())
		}
		mergeStruct(fresh.Elem(), from.Elem())
		into.Set(fresh)
	default:
		if !from.IsZero() {
			into.Set(from)
		}
	}
}
