"""Each fault is struck by what it says, and healed by the opposite."""

import pytest

from factories import make_pair
from fakes.drama import Drama
from vipprov.guest.deadline import Deadline
from vipprov.guest.errors import GuestError
from vipprov.guest.fault import Fault
from vipprov.hv.machine import Link, Power
from vipprov.pipelines import faults
from vipprov.pipelines.livechange import FREEZE, START, STOP, THAW

PAIR = make_pair()
GUEST = PAIR.guests[0]


@pytest.fixture
def drama() -> Drama:
    return Drama(PAIR)


def soon(drama: Drama) -> Deadline:
    return Deadline.after(60, clock=drama.clock)


def strike(drama: Drama, fault: Fault) -> None:
    faults.strike(fault, GUEST, drama.hypervisor, by=soon(drama))


def heal(drama: Drama, fault: Fault) -> None:
    for _ in range(2):  # a request to end may make it happen twice
        faults.heal(fault, GUEST, drama.hypervisor, by=soon(drama))


@pytest.mark.parametrize(
    ("fault", "inflicted", "taken_back"),
    [
        (Fault.STOP, (faults.GOODBYE,), (STOP, START)),
        (Fault.HANG, (FREEZE,), (THAW,)),
    ],
)
def test_keepalived_is_stopped_or_frozen_in_the_guest(
    drama: Drama,
    fault: Fault,
    inflicted: tuple[tuple[str, ...], ...],
    taken_back: tuple[tuple[str, ...], ...],
) -> None:
    strike(drama, fault)
    heal(drama, fault)
    ran = (*inflicted, *taken_back, *taken_back)
    assert drama.machines.ran == [("web-1", command) for command in ran]


@pytest.mark.parametrize("fault", [Fault.CRASH, Fault.POWER])
def test_a_machine_that_died_is_powered_on_again(drama: Drama, fault: Fault) -> None:
    strike(drama, fault)
    assert powers(drama) == [Power.OFF, Power.ON]
    heal(drama, fault)
    assert powers(drama) == [Power.ON, Power.ON]


def powers(drama: Drama) -> list[Power]:
    return [machine.power for machine in drama.machines.list()]


def test_a_cable_is_pulled_and_plugged_in_again(drama: Drama) -> None:
    strike(drama, Fault.LINK)
    assert drama.machines.links == {("web-1", GUEST.mac): Link.DOWN}
    heal(drama, Fault.LINK)
    assert drama.machines.links == {("web-1", GUEST.mac): Link.UP}


def test_a_guest_without_a_port_cannot_be_cut_off(drama: Drama) -> None:
    with pytest.raises(GuestError, match="no port"):
        strike(drama, Fault.ISOLATE)
