"""Whatever goes wrong with a machine: an error of ours or a right result, and then it works."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial

import pytest
from pyVmomi import vim

from contract.hosts import MAC, WORD, Host, simulated, soon
from vipprov.guest.deadline import SystemClock
from vipprov.guest.errors import DeadlineError, GuestError, VipprovError
from vipprov.hv.machine import Link, Power
from vipprov.hv.vsphere import collect, machinespec
from vipprov.hv.vsphere.machine import VsphereMachines
from vsphere.opening import KINDS, failure
from vsphere.reach import reached
from vsphere.simulator import Simulator

pytestmark = pytest.mark.vsphere

GUEST_METHODS = (
    "StartProgramInGuest",
    "ListProcessesInGuest",
    "InitiateFileTransferToGuest",
    "InitiateFileTransferFromGuest",
    "DeleteFileInGuest",
)
GUEST_KINDS = (
    "GuestOperationsUnavailable",
    "InvalidGuestLogin",
    "GuestPermissionDenied",
    "InvalidPowerState",
    "FileNotFound",
)
LATE = 3.0
TASK_KINDS = ("task:NoPermission", "task:ResourceInUse", "task:InvalidPowerState")


def bring(power: Power) -> Callable[[Host], object]:
    return lambda host: host.machines.set_power(host.name, power)


VERBS: dict[str, Callable[[Host], object]] = {
    "PowerOffVM_Task": bring(Power.OFF),
    "PowerOnVM_Task": bring(Power.ON),
    "SuspendVM_Task": bring(Power.PAUSED),
    "ResetVM_Task": lambda host: host.machines.reset(host.name),
    "ReconfigVM_Task": lambda host: host.machines.set_link(host.name, MAC, Link.DOWN),
}


def act(verb: Callable[[Host], object], host: Host) -> None:
    verb(host)


BEFORE = {"PowerOnVM_Task": Power.OFF}


@pytest.fixture(scope="module")
def host(hasty: Simulator) -> Iterator[Host]:
    hasty.order(reset=True)
    with simulated(hasty, "of-faults") as found:
        found.machines.define(found.spec)
        yield found


@pytest.fixture
def running(host: Host, hasty: Simulator) -> Iterator[Host]:
    """Yield the machine while it runs, with nothing wrong with it."""
    hasty.order(reset=True)
    host.machines.set_power(host.name, Power.ON)
    soon().poll(lambda: failure(lambda: echo(host)) is None or None, what="its tools")
    yield host
    hasty.order(reset=True)


def echo(host: Host, *, seconds: float = 20) -> None:
    done = host.machines.run(host.name, ("cat",), by=soon(seconds), stdin=b"heard")
    assert (done.code, done.stdout) == (0, b"heard")


def require_ours(error: VipprovError | None, kind: str) -> None:
    if error is None:
        assert kind in {"NotAuthenticated", "expire", "ConcurrentAccess"}  # tried again
        return
    assert error.exit_code in {3, 4, 5, 6}, error
    if kind.endswith("NoPermission"):
        assert "missing privilege: V" in error.details


@pytest.mark.parametrize("kind", [*KINDS, *GUEST_KINDS])
@pytest.mark.parametrize("method", GUEST_METHODS)
def test_command_in_a_guest(running: Host, hasty: Simulator, method: str, kind: str) -> None:
    hasty.inject(method, kind)
    error = failure(lambda: echo(running))
    require_ours(error, kind)
    assert isinstance(error, GuestError) or kind not in GUEST_KINDS
    hasty.order(reset=True)
    echo(running)


@pytest.mark.parametrize("method", GUEST_METHODS)
def test_command_in_a_guest_that_comes_too_late(
    running: Host, hasty: Simulator, method: str
) -> None:
    hasty.inject(method, "delay", seconds=2)
    error = failure(lambda: echo(running, seconds=1))
    assert error is None or isinstance(error, DeadlineError)
    echo(running)


@pytest.mark.parametrize("kind", [*KINDS, *TASK_KINDS])
@pytest.mark.parametrize("method", VERBS)
def test_power_and_cable(running: Host, hasty: Simulator, method: str, kind: str) -> None:
    running.machines.set_power(running.name, BEFORE.get(method, Power.ON))
    hasty.inject(method, kind)
    require_ours(failure(partial(act, VERBS[method], running)), kind)
    hasty.order(reset=True)
    VERBS[method](running)
    if method == "ReconfigVM_Task":
        running.machines.set_link(running.name, MAC, Link.UP)


@pytest.mark.parametrize("method", VERBS)
def test_power_and_cable_that_come_too_late(running: Host, hasty: Simulator, method: str) -> None:
    running.machines.set_power(running.name, BEFORE.get(method, Power.ON))
    hasty.inject(method, "delay", seconds=LATE)
    with reached(hasty, seconds=LATE / 2) as found:
        hurried = replace(running, machines=VsphereMachines(found.session, {"WORD": WORD}))
        error = failure(partial(act, VERBS[method], hurried))
    assert isinstance(error, DeadlineError)
    SystemClock().sleep(LATE)  # what was given up is done meanwhile
    VERBS[method](running)
    if method == "ReconfigVM_Task":
        running.machines.set_link(running.name, MAC, Link.UP)


def test_clone_whose_disk_could_not_be_enlarged_is_not_taken_for_finished(
    hasty: Simulator,
) -> None:
    hasty.order(reset=True)
    with simulated(hasty, "of-growing") as host:
        size = replace(host.spec.size, disk=4 << 30)
        hasty.inject("ReconfigVM_Task", "disconnect")
        host.machines.define(replace(host.spec, size=size))
        assert disk_of(hasty, host.name) == size.disk


def disk_of(hasty: Simulator, name: str) -> int:
    """Return how big the one disk of a machine is."""
    paths = ["name", "config.hardware.device"]
    with reached(hasty) as found:
        every = collect.everything(found.session, vim.VirtualMachine, paths)
    (machine,) = (one for one in every if one["name"] == name)
    disk = machinespec.disk_of(machine["config.hardware.device"])
    return int(disk.capacityInKB) << 10
