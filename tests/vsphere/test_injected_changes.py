"""Whatever goes wrong while changing: no policy is left open by a run that failed."""

import pytest

from vipprov.guest.deadline import SystemClock
from vipprov.guest.errors import DeadlineError
from vsphere.opening import (
    CHANGES,
    DISTRIBUTED,
    KINDS,
    PATIENCE,
    STANDARD,
    Place,
    failure,
    forget_attributes,
    permit,
    put_back,
)
from vsphere.reach import reached
from vsphere.simulator import Simulator

pytestmark = pytest.mark.vsphere

LATE, PATIENT = 3.0, 1.5
TASK_KINDS = (
    "task:ConcurrentAccess",
    "task:NoPermission",
    "task:ResourceInUse",
    "task:InvalidState",
    "task:DvsFault",
    "task:Timedout",
)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(("place", "method"), CHANGES)
def test_change_that_fails_is_remembered_or_was_not_made(
    simulator: Simulator, place: Place, method: str, kind: str
) -> None:
    with reached(simulator, seconds=PATIENCE) as found:
        before = found.group(place.name, place.host)
        forget_attributes(found)
        simulator.inject(method, kind)
        error = failure(lambda: permit(found, before))
        after = found.group(place.name, place.host)
    if error is None:
        assert after.record is not None
    else:
        assert error.exit_code in {3, 4, 5}
        assert after.own == before.own
    put_back(simulator, place, before.own)


@pytest.mark.parametrize(("place", "method"), CHANGES)
def test_change_that_comes_too_late_is_a_deadline_and_leaves_nothing_open_unremembered(
    simulator: Simulator, place: Place, method: str
) -> None:
    with reached(simulator) as found:
        before = found.group(place.name, place.host)
        forget_attributes(found)
    simulator.inject(method, "delay", seconds=LATE)
    with pytest.raises(DeadlineError), reached(simulator, seconds=PATIENT) as found:
        permit(found, found.group(place.name, place.host))
    SystemClock().sleep(LATE)  # what was given up is done meanwhile
    with reached(simulator) as found:
        after = found.group(place.name, place.host)
    # A standard switch has no version that would refuse the late change: there the record stays.
    assert after.own == before.own or (place is STANDARD and after.record is not None)
    put_back(simulator, place, before.own)


@pytest.mark.parametrize("kind", TASK_KINDS)
def test_task_that_fails_is_an_error_or_is_tried_again(simulator: Simulator, kind: str) -> None:
    with reached(simulator, seconds=PATIENCE) as found:
        before = found.group(DISTRIBUTED.name)
        simulator.inject("ReconfigureDVPortgroup_Task", kind)
        error = failure(lambda: permit(found, before))
        after = found.group(DISTRIBUTED.name)
    assert (error is None) is (kind == "task:ConcurrentAccess")
    if error is not None:
        assert error.exit_code in {4, 5}
        assert (after.own, after.record) == (before.own, None)
    put_back(simulator, DISTRIBUTED, before.own)


@pytest.mark.parametrize("times", [1, 4])
def test_conflict_is_read_and_decided_again(simulator: Simulator, times: int) -> None:
    with reached(simulator) as found:
        before = found.group(DISTRIBUTED.name)
        between = {
            "method": "ReconfigureDVPortgroup_Task",
            "portgroup": DISTRIBUTED.name,
            "times": times,
        }
        simulator.order(between=between)
        permit(found, before)
        assert found.group(DISTRIBUTED.name).effective.learning
    put_back(simulator, DISTRIBUTED, before.own)
