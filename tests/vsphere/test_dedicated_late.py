"""A dedicated port group that the deadline overtakes: nothing stays open, nobody is moved."""

from collections.abc import Iterator

import pytest

from vipprov.guest.deadline import SystemClock
from vipprov.guest.errors import DeadlineError
from vipprov.hv import switchplan
from vipprov.hv.switchgroup import SwitchGroup
from vipprov.pipelines import dedicate, switchdedicate, switchgroup
from vsphere.reach import reached
from vsphere.simulator import Simulator

pytestmark = pytest.mark.vsphere

MACHINE, PLACE = "DC0_H0_VM0", "DC0_DVPG0"
LATE, PATIENT = 4.0, 2.0
DISTRIBUTED = (
    "AddDVPortgroup_Task",
    "SetField",
    "ReconfigureDVPortgroup_Task",
    "ReconfigVM_Task",
)
STANDARD = ("AddPortGroup", "SetField", "UpdatePortGroup", "ReconfigVM_Task")


@pytest.fixture
def on_a_standard_one(simulator: Simulator) -> Iterator[Simulator]:
    with reached(simulator) as found:
        here, there = found.group(PLACE), found.group("app", "DC0_H0")
        found.groups.move(MACHINE, here, there)
    yield simulator
    simulator.order(reset=True)
    with reached(simulator) as found:
        found.groups.move(MACHINE, there, here)


def permit(simulator: Simulator, *, seconds: float = 60) -> None:
    with reached(simulator, seconds=seconds) as found:
        plan = dedicate.plan(found.groups.all(), MACHINE)
        switchdedicate.permit(found.groups, plan, mac_changes=False)


def restore(simulator: Simulator) -> None:
    with reached(simulator) as found:
        groups = found.groups.all()
        clones = dedicate.to_remove(groups, switchgroup.named(groups, MACHINE))
        switchdedicate.restore(found.groups, clones, machine=MACHINE)


def world(simulator: Simulator) -> dict[str, SwitchGroup]:
    with reached(simulator) as found:
        return {group.key: group for group in found.groups.all()}


def require_left(simulator: Simulator, method: str) -> None:
    before = world(simulator)
    simulator.inject(method, "delay", seconds=LATE)
    with pytest.raises(DeadlineError) as raised:
        permit(simulator, seconds=PATIENT)
    assert "Traceback" not in str(raised.value)
    SystemClock().sleep(LATE)  # what was given up is done meanwhile
    after = world(simulator)
    fresh = [after[key] for key in after.keys() - before.keys()]
    assert not [one for one in fresh if switchplan.is_open(one) and one.record is None]
    assert [one for one in fresh if one.machines] == []
    assert {key: one.machines for key, one in after.items() if key in before} == {
        key: one.machines for key, one in before.items()
    }
    assert {key: one.own for key, one in after.items() if key in before} == {
        key: one.own for key, one in before.items()
    }
    # What came late is gone on with, and then goes.
    permit(simulator)
    restore(simulator)
    assert world(simulator).keys() == before.keys()


@pytest.mark.parametrize("method", DISTRIBUTED)
def test_distributed(simulator: Simulator, method: str) -> None:
    require_left(simulator, method)


@pytest.mark.parametrize("method", STANDARD)
def test_standard(on_a_standard_one: Simulator, method: str) -> None:
    require_left(on_a_standard_one, method)
