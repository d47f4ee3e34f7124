"""Whatever goes wrong while a host alone copies a disk: the next run makes the machine whole."""

from collections.abc import Iterator
from uuid import uuid4

import pytest
from pyVmomi import vim

from contract.hosts import WORD, Host, simulated
from vipprov.guest.deadline import SystemClock
from vipprov.guest.errors import DeadlineError
from vipprov.hv.vsphere import collect, machinespec
from vipprov.hv.vsphere.machine import VsphereMachines
from vsphere.opening import KINDS, failure
from vsphere.reach import reached
from vsphere.simulator import Simulator

pytestmark = pytest.mark.vsphere

METHODS = ("CopyVirtualDisk_Task", "CreateVM_Task")
TASK_KINDS = ("task:NoPermission", "task:ResourceInUse", "task:Timedout", "task:FileAlreadyExists")
LATE, PATIENT = 4.0, 2.0


@pytest.fixture
def host(esxi: Simulator) -> Iterator[Host]:
    esxi.order(reset=True)
    with simulated(esxi, f"of-disks-{uuid4().hex[:6]}") as found:
        yield found
        esxi.order(reset=True)


def define(esxi: Simulator, host: Host, *, seconds: float = 20) -> None:
    """Make the machine as a new run does."""
    with reached(esxi, seconds=seconds) as found:
        VsphereMachines(found.session, {"WORD": WORD}).define(host.spec)


def require_whole(esxi: Simulator, host: Host) -> None:
    """See that the machine has a disk, as big as it is to be."""
    with reached(esxi) as found:
        every = collect.everything(
            found.session, vim.VirtualMachine, ["name", "config.hardware.device"]
        )
    (made,) = (one for one in every if one["name"] == host.name)
    assert machinespec.disk_of(made["config.hardware.device"]).capacityInKB == 2 << 20


@pytest.mark.parametrize("kind", [*KINDS, *TASK_KINDS])
@pytest.mark.parametrize("method", METHODS)
def test_machine_that_could_not_be_made_is_made_by_the_next_run(
    esxi: Simulator, host: Host, method: str, kind: str
) -> None:
    esxi.inject(method, kind)
    error = failure(lambda: define(esxi, host))
    assert error is None or error.exit_code in {3, 4, 5}, error
    assert error is None or str(error).startswith("Could not "), error
    esxi.order(reset=True)
    define(esxi, host)
    require_whole(esxi, host)


@pytest.mark.parametrize("method", METHODS)
def test_machine_that_comes_too_late_is_a_deadline(
    esxi: Simulator, host: Host, method: str
) -> None:
    esxi.inject(method, "delay", seconds=LATE)
    error = failure(lambda: define(esxi, host, seconds=PATIENT))
    assert isinstance(error, DeadlineError), error
    SystemClock().sleep(LATE)  # what was given up is done meanwhile
    define(esxi, host)
    require_whole(esxi, host)


def test_disk_that_an_earlier_run_attaches_meanwhile_is_the_machines_own(
    esxi: Simulator, host: Host
) -> None:
    esxi.inject("ReconfigVM_Task", "delay", seconds=LATE)
    # The second run marks the machine before it attaches a disk, which comes after the other one.
    esxi.inject("ReconfigVM_Task", "delay", seconds=LATE, nth=2)
    error = failure(lambda: define(esxi, host, seconds=PATIENT))
    assert isinstance(error, DeadlineError), error
    define(esxi, host)
    require_whole(esxi, host)
