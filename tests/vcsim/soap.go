package main

import (
	"bytes"
	"fmt"
	"net/http"
	"reflect"
	"strings"

	"github.com/vmware/govmomi/simulator"
	"github.com/vmware/govmomi/vim25/types"
	"github.com/vmware/govmomi/vim25/xml"
)

const (
	envelopeStart = xml.Header + `<soapenv:Envelope xmlns:soapenv="http://schemas.xmlsoap.org/soap/envelope/" ` +
		`xmlns:xsd="http://www.w3.org/2001/XMLSchema" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"><soapenv:Body>`
	envelopeEnd = `</soapenv:Body></soapenv:Envelope>`
)

// outcome is what a method of ours ends with: a response, or a fault.
type outcome struct {
	response interface{}
	fault    types.BaseMethodFault
}

func succeeded(response interface{}) outcome     { return outcome{response: response} }
func failed(fault types.BaseMethodFault) outcome { return outcome{fault: fault} }
func started(name string, task types.ManagedObjectReference) outcome {
	return succeeded(taskStarted{name: name, task: task})
}

// taskStarted is the response of any method whose name ends in _Task.
type taskStarted struct {
	name string
	task types.ManagedObjectReference
}

func parse(body []byte) (*simulator.Method, error) {
	known := types.TypeFunc()
	return simulator.UnmarshalBody(func(name string) (reflect.Type, bool) {
		if kind, ok := known(name); ok {
			return kind, true
		}
		if at := strings.LastIndex(name, ":"); at >= 0 { // a namespace that Go does not resolve
			return known(name[at+1:])
		}
		return nil, false
	}, body)
}

func answer(w http.ResponseWriter, o outcome) {
	var out bytes.Buffer
	out.WriteString(envelopeStart)
	status := http.StatusOK
	switch {
	case o.fault != nil:
		status = http.StatusInternalServerError
		writeFault(&out, o.fault)
	default:
		writeResponse(&out, o.response)
	}
	out.WriteString(envelopeEnd)
	w.Header().Set("Content-Type", "text/xml; charset=utf-8")
	w.WriteHeader(status)
	_, _ = w.Write(out.Bytes())
}

func writeResponse(out *bytes.Buffer, response interface{}) {
	if task, ok := response.(taskStarted); ok {
		fmt.Fprintf(out, `<%sResponse xmlns="urn:vim25"><returnval type="Task">%s</returnval></%sResponse>`,
			task.name, task.task.Value, task.name)
		return
	}
	name := reflect.TypeOf(response).Elem().Name()
	write(out, response, xml.StartElement{Name: xml.Name{Space: "urn:vim25", Local: name}})
}

func writeFault(out *bytes.Buffer, fault types.BaseMethodFault) {
	kind := reflect.TypeOf(fault).Elem().Name()
	fmt.Fprintf(out, `<soapenv:Fault><faultcode>ServerFaultCode</faultcode><faultstring>%s</faultstring><detail>`, kind)
	write(out, fault, xml.StartElement{
		Name: xml.Name{Local: kind + "Fault"},
		Attr: []xml.Attr{
			{Name: xml.Name{Local: "xmlns"}, Value: "urn:vim25"},
			{Name: xml.Name{Local: "xsi:type"}, Value: kind},
		},
	})
	out.WriteString(`</detail></soapenv:Fault>`)
}

func write(out *bytes.Buffer, value interface{}, start xml.StartElement) {
	encoder := xml.NewEncoder(out)
	if err := encoder.EncodeElement(value, start); err != nil {
		panic(err)
	}
	_ = encoder.Flush()
}

// faultOn returns a fault of this type that names the object where such a fault does.
func faultOn(name string, object types.ManagedObjectReference) types.BaseMethodFault {
	fault := faultNamed(name)
	value := reflect.ValueOf(fault).Elem()
	for _, field := range []string{"Object", "Obj"} {
		if place := value.FieldByName(field); place.IsValid() && place.Type() == reflect.TypeOf(object) {
			place.Set(reflect.ValueOf(object))
		}
	}
	switch told := fault.(type) { // what such a fault cannot be without
	case *types.TaskInProgress:
		told.Task = types.ManagedObjectReference{Type: "Task", Value: "task-of-somebody-else"}
	case *types.InvalidPowerState:
		told.ExistingState = types.VirtualMachinePowerStatePoweredOff
	}
	return fault
}

// faultNamed returns an empty fault of this type, or nil if vSphere has none of that name.
func faultNamed(name string) types.BaseMethodFault {
	kind, ok := types.TypeFunc()(name)
	if !ok {
		return nil
	}
	fault, _ := reflect.New(kind).Interface().(types.BaseMethodFault)
	return fault
}
