"""Whatever goes wrong with the claim on a pair: an error of ours, and no claim that stays."""

import os
import socket
from collections.abc import Iterator
from uuid import uuid4

import pytest
from pyVmomi import vim

from vipprov.guest.deadline import SystemClock
from vipprov.guest.errors import DeadlineError
from vipprov.hv import claim
from vipprov.hv.claim import Holder
from vipprov.hv.vsphere import collect
from vipprov.hv.vsphere.claim import VsphereClaims
from vipprov.hv.vsphere.find import CLAIM
from vsphere.opening import KINDS, failure
from vsphere.reach import reached
from vsphere.simulator import Simulator, started

pytestmark = pytest.mark.vsphere

METHODS = ("CreateVM_Task", "FindChild", "Destroy_Task")
TASK_KINDS = ("task:NoPermission", "task:ResourceInUse", "task:Timedout")
LATE, PATIENT = 4.0, 2.0
PAIR = f"claimed-{uuid4().hex[:6]}"


@pytest.fixture
def holder() -> Holder:
    return claim.myself(60, host=socket.gethostname(), process=os.getpid())


@pytest.fixture(scope="module")
def slow(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Simulator]:
    """Yield a vCenter whose tasks take longer than the deadline."""
    yield from started("vcenter", tmp_path_factory.mktemp("slow"), "-task-delay", "1500ms")


def hold(simulator: Simulator, holder: Holder, *, seconds: float = 20) -> None:
    """Take the claim and give it up, as a run does."""
    with reached(simulator, seconds=seconds) as found:
        claims = VsphereClaims(found.session)
        with claim.held(claims, PAIR, holder):
            pass


def is_claimed(simulator: Simulator) -> bool:
    with reached(simulator) as found:
        every = collect.everything(found.session, vim.VirtualMachine, ["name"])
    return f"{PAIR}{CLAIM}" in {one["name"] for one in every}


@pytest.mark.parametrize(
    ("method", "kind"),
    [
        (method, kind)
        for method in METHODS
        for kind in (*KINDS, *TASK_KINDS)
        if method.endswith("_Task") or not kind.startswith("task:")
    ],
)
def test_claim_that_fails_is_an_error_and_is_no_hindrance(
    hasty: Simulator, holder: Holder, method: str, kind: str
) -> None:
    hasty.order(reset=True)
    hasty.inject(method, kind)
    error = failure(lambda: hold(hasty, holder))
    assert error is None or error.exit_code in {3, 4, 5}, error
    assert error is None or str(error).startswith("Could not "), error
    hasty.order(reset=True)
    hold(hasty, holder)
    assert not is_claimed(hasty)


@pytest.mark.parametrize("method", METHODS)
def test_claim_that_comes_too_late_is_a_deadline(
    hasty: Simulator, holder: Holder, method: str
) -> None:
    hasty.order(reset=True)
    hasty.inject(method, "delay", seconds=LATE)
    error = failure(lambda: hold(hasty, holder, seconds=PATIENT))
    assert isinstance(error, DeadlineError), error
    SystemClock().sleep(LATE)  # what was given up is done meanwhile
    hold(hasty, holder)
    assert not is_claimed(hasty)


@pytest.mark.parametrize("kind", [*KINDS, "delay"])
@pytest.mark.parametrize("method", ["CancelTask"])
def test_task_that_cannot_be_stopped_is_still_a_deadline(
    slow: Simulator, holder: Holder, method: str, kind: str
) -> None:
    slow.order(reset=True)
    slow.inject(method, kind, seconds=1.0)
    error = failure(lambda: hold(slow, holder, seconds=PATIENT / 2))
    assert isinstance(error, DeadlineError), error
    assert f"claim {PAIR}" in str(error)
    slow.order(reset=True)
    hold(slow, holder, seconds=60)
    assert not is_claimed(slow)
