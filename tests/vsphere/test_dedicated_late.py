"""A dedicated port group that the deadline overtakes: nothing stays open, nobody is moved."""

from collections.abc import Iterator

import pytest

from vipprov.guest.deadline import SystemClock
from vipprov.guest.errors import DeadlineError
from vipprov.hv import switchplan
from vsphere.dedicated import permit, restore, standard, world
from vsphere.simulator import Simulator

pytestmark = pytest.mark.vsphere

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
    with standard(simulator):
        yield simulator


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
def test_distributed_one_that_comes_too_late(simulator: Simulator, method: str) -> None:
    require_left(simulator, method)


@pytest.mark.parametrize("method", STANDARD)
def test_standard_one_that_comes_too_late(on_a_standard_one: Simulator, method: str) -> None:
    require_left(on_a_standard_one, method)
