package main

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"time"

	"github.com/vmware/govmomi/simulator"
	"github.com/vmware/govmomi/vim25/types"
)

// script is who answers for the guests: a program of the test's. It is started with the name of the
// machine, a folder that stands for the guest's disk, and the path and the arguments of the program that
// is to run in the guest. Nothing else stands behind a machine: there is no guest.
type script struct {
	Program  []string `json:"program"`
	Password string   `json:"password"` // root's
	Seconds  float64  `json:"seconds"`  // from power on until VMware Tools run
}

type process struct {
	info    types.GuestProcessInfo
	command *exec.Cmd
	machine types.ManagedObjectReference
}

type transfer struct {
	method string
	file   string
}

// guests are what VMware Tools do for their machine: GuestOperationsManager.
type guests struct {
	options options

	mutex     sync.Mutex
	script    script
	processes map[int64]*process
	transfers map[string]transfer
	boots     map[types.ManagedObjectReference]int
	last      int64
}

func newGuests(o options) *guests {
	return &guests{
		options: o, processes: map[int64]*process{}, transfers: map[string]transfer{},
		boots: map[types.ManagedObjectReference]int{},
	}
}

func (g *guests) follow(wanted script) {
	g.mutex.Lock()
	defer g.mutex.Unlock()
	g.script = wanted
}

// boot hands the machine's guestinfo to its guest, and lets its VMware Tools run after a while:
// GuestInfo.toolsRunningStatus, GuestInfo.guestOperationsReady.
func (g *guests) boot(of types.ManagedObjectReference) {
	g.end(of)
	machine, ok := registry().Get(of).(*simulator.VirtualMachine)
	if !ok || machine.Runtime.PowerState != types.VirtualMachinePowerStatePoweredOn {
		return
	}
	told := map[string]string{}
	for _, option := range machine.Config.ExtraConfig {
		if value, ok := option.GetOptionValue().Value.(string); ok && strings.HasPrefix(option.GetOptionValue().Key, "guestinfo.") {
			told[option.GetOptionValue().Key] = value
		}
	}
	disk := g.disk(of)
	_ = os.RemoveAll(filepath.Join(disk, "run"))
	_ = os.MkdirAll(filepath.Join(disk, "run"), 0o700)
	text, _ := json.Marshal(told)
	_ = os.WriteFile(filepath.Join(disk, "guestinfo.json"), text, 0o600)

	g.mutex.Lock()
	defer g.mutex.Unlock()
	g.boots[of]++
	boot, seconds := g.boots[of], g.script.Seconds
	time.AfterFunc(time.Duration(seconds*float64(time.Second)), func() {
		g.mutex.Lock()
		defer g.mutex.Unlock()
		if g.boots[of] == boot {
			tools(of, types.VirtualMachineToolsRunningStatusGuestToolsRunning)
		}
	})
}

// end lets all that runs in the guest end with it.
func (g *guests) end(of types.ManagedObjectReference) {
	g.mutex.Lock()
	defer g.mutex.Unlock()
	g.boots[of]++
	tools(of, types.VirtualMachineToolsRunningStatusGuestToolsNotRunning)
	for pid, one := range g.processes {
		if one.machine == of {
			kill(one)
			delete(g.processes, pid)
		}
	}
}

func (g *guests) forget(of types.ManagedObjectReference) {
	if _, there := registry().Get(of).(*simulator.VirtualMachine); !there && of.Type == "VirtualMachine" {
		g.end(of)
		_ = os.RemoveAll(g.disk(of))
	}
}

func tools(of types.ManagedObjectReference, status types.VirtualMachineToolsRunningStatus) {
	machine, ok := registry().Get(of).(*simulator.VirtualMachine)
	if !ok {
		return
	}
	running := status == types.VirtualMachineToolsRunningStatusGuestToolsRunning
	registry().WithLock(machine, func() {
		machine.Guest.ToolsRunningStatus = string(status)
		machine.Guest.GuestOperationsReady = types.NewBool(running)
	})
}

// refusal says why nothing can be done in the guest, in the order of vSphere: "InvalidPowerState: if the
// virtual machine is not powered on", "GuestOperationsUnavailable: if the guest agent could not be
// contacted", "InvalidGuestLogin: if the guest login credentials were invalid".
func (g *guests) refusal(of types.ManagedObjectReference, auth types.BaseGuestAuthentication) types.BaseMethodFault {
	machine, ok := registry().Get(of).(*simulator.VirtualMachine)
	if !ok {
		return &types.ManagedObjectNotFound{Obj: of}
	}
	if state := machine.Runtime.PowerState; state != types.VirtualMachinePowerStatePoweredOn {
		return &types.InvalidPowerState{RequestedState: types.VirtualMachinePowerStatePoweredOn, ExistingState: state}
	}
	if ready := machine.Guest.GuestOperationsReady; ready == nil || !*ready {
		return &types.GuestOperationsUnavailable{}
	}
	login, ok := auth.(*types.NamePasswordAuthentication)
	if !ok || login.Username != "root" || login.Password != g.script.Password {
		return &types.InvalidGuestLogin{}
	}
	return nil
}

// start runs a program and returns at once: GuestProcessManager.StartProgramInGuest.
func (g *guests) start(request *types.StartProgramInGuest) outcome {
	g.mutex.Lock()
	defer g.mutex.Unlock()
	if fault := g.refusal(request.Vm, request.Auth); fault != nil {
		return failed(fault)
	}
	if len(g.script.Program) == 0 {
		return failed(&types.GuestOperationsUnavailable{})
	}
	spec := request.Spec.GetGuestProgramSpec()
	machine := registry().Get(request.Vm).(*simulator.VirtualMachine)
	arguments := append(append([]string{}, g.script.Program[1:]...), machine.Name, g.disk(request.Vm), spec.ProgramPath, spec.Arguments)
	command := exec.Command(g.script.Program[0], arguments...)
	command.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	command.Env = append(os.Environ(), "VCSIM_LINKS="+links(machine))
	if err := command.Start(); err != nil {
		return failed(&types.FileNotFound{FileFault: types.FileFault{File: spec.ProgramPath}})
	}
	g.last++
	one := &process{command: command, machine: request.Vm, info: types.GuestProcessInfo{
		Name: filepath.Base(spec.ProgramPath), Pid: g.last, Owner: "root",
		CmdLine: spec.ProgramPath + " " + spec.Arguments, StartTime: time.Now(),
	}}
	g.processes[g.last] = one
	go func() {
		_ = command.Wait()
		g.mutex.Lock()
		defer g.mutex.Unlock()
		now := time.Now()
		one.info.EndTime, one.info.ExitCode = &now, int32(command.ProcessState.ExitCode())
	}()
	return succeeded(&types.StartProgramInGuestResponse{Returnval: one.info.Pid})
}

// links tells the guest of the cables that are pulled, by MAC.
func links(machine *simulator.VirtualMachine) string {
	var pulled []string
	for _, device := range machine.Config.Hardware.Device {
		card, ok := device.(types.BaseVirtualEthernetCard)
		if !ok {
			continue
		}
		nic := card.GetVirtualEthernetCard()
		if nic.Connectable != nil && !nic.Connectable.Connected {
			pulled = append(pulled, nic.MacAddress)
		}
	}
	return strings.Join(pulled, " ")
}

// list tells of processes, also of those that have ended: GuestProcessManager.ListProcessesInGuest,
// "exitCode: if the process was started using StartProgramInGuest then the process exit code will be
// available if queried within 5 minutes after it completes".
func (g *guests) list(request *types.ListProcessesInGuest) outcome {
	g.mutex.Lock()
	defer g.mutex.Unlock()
	if fault := g.refusal(request.Vm, request.Auth); fault != nil {
		return failed(fault)
	}
	var response types.ListProcessesInGuestResponse
	for _, pid := range request.Pids {
		if one := g.processes[pid]; one != nil && one.machine == request.Vm {
			response.Returnval = append(response.Returnval, one.info)
		}
	}
	return succeeded(&response)
}

// terminate ends a process: GuestProcessManager.TerminateProcessInGuest.
func (g *guests) terminate(request *types.TerminateProcessInGuest) outcome {
	g.mutex.Lock()
	defer g.mutex.Unlock()
	if fault := g.refusal(request.Vm, request.Auth); fault != nil {
		return failed(fault)
	}
	one := g.processes[request.Pid]
	if one == nil || one.machine != request.Vm {
		return failed(&types.GuestProcessNotFound{Pid: request.Pid})
	}
	kill(one)
	return succeeded(&types.TerminateProcessInGuestResponse{})
}

func kill(one *process) {
	if one.info.EndTime == nil && one.command.Process != nil {
		_ = syscall.Kill(-one.command.Process.Pid, syscall.SIGKILL)
	}
}

func (g *guests) disk(of types.ManagedObjectReference) string {
	return filepath.Join(g.options.directory, "guests", of.Value)
}
