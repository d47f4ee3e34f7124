"""Whatever goes wrong on the way: our error or a right result, and never a change unremembered."""

from collections.abc import Callable
from dataclasses import dataclass

import pytest

from switchgroups import INHERITED
from vipprov.guest.errors import DeadlineError, HypervisorError, VipprovError
from vipprov.hv.switchgroup import OwnPolicy, SwitchGroup
from vipprov.pipelines import switchchange, switchgroup
from vsphere.reach import Reached, reached
from vsphere.simulator import Simulator

pytestmark = pytest.mark.vsphere

READS = ("RetrieveServiceContent", "Login", "CreateContainerView", "RetrievePropertiesEx")
KINDS = (
    "disconnect",
    "NoPermission",
    "ConcurrentAccess",
    "InvalidState",
    "ResourceInUse",
    "ManagedObjectNotFound",
    "NotAuthenticated",
    "HostCommunication",
)
TASK_KINDS = ("task:ConcurrentAccess", "task:NoPermission", "task:DvsFault", "task:Timedout")
PATIENCE = 20.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A port group, and the methods that change it."""

    name: str
    host: str | None
    methods: tuple[str, ...]


DISTRIBUTED = Place(
    name="DC0_DVPG0", host=None, methods=("ReconfigureDVPortgroup_Task", "SetField")
)
STANDARD = Place(name="VM Network", host="DC0_H0", methods=("UpdatePortGroup", "SetField"))
CHANGES = [(place, method) for place in (DISTRIBUTED, STANDARD) for method in place.methods]


def failure(act: Callable[[], None]) -> VipprovError | None:
    """Return the error of ours that it ends with; any other error is a bug and goes on."""
    try:
        act()
    except VipprovError as error:
        return error
    return None


def reading(simulator: Simulator) -> None:
    with reached(simulator, seconds=PATIENCE) as found:
        assert found.groups.all()


def permit(found: Reached, group: SwitchGroup) -> None:
    (change,) = switchgroup.to_permit(switchgroup.named([group], group.name), mac_changes=False)
    switchchange.permit_all(found.groups, [change], mac_changes=False, reason="for a test")


def put_back(simulator: Simulator, place: Place, own: OwnPolicy) -> None:
    """Restore the port group as the next run would, and see that it is what it was."""
    simulator.order(reset=True)
    with reached(simulator) as found:
        meant = switchgroup.named(found.groups.all(), place.name, host=place.host)
        for change in switchgroup.to_restore(meant):
            switchchange.restore(found.groups, change)
        after = found.group(place.name, place.host)
    assert (after.own, after.record) == (own, None)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("method", READS)
def test_reading_ends_well_or_with_an_error_of_ours(
    simulator: Simulator, method: str, kind: str
) -> None:
    simulator.inject(method, kind)
    error = failure(lambda: reading(simulator))
    assert error is None or error.exit_code in {3, 4, 5}
    assert error is None or str(error).startswith("Could not ")


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(("place", "method"), CHANGES)
def test_change_that_fails_is_remembered_or_was_not_made(
    simulator: Simulator, place: Place, method: str, kind: str
) -> None:
    with reached(simulator, seconds=PATIENCE) as found:
        before = found.group(place.name, place.host)
        simulator.inject(method, kind)
        error = failure(lambda: permit(found, before))
        after = found.group(place.name, place.host)
    if error is None:
        assert after.record is not None
    else:
        assert error.exit_code in {3, 4, 5}
        assert after.own == before.own
    put_back(simulator, place, before.own)


@pytest.mark.parametrize("kind", TASK_KINDS)
def test_task_that_fails_is_an_error_or_is_tried_again(simulator: Simulator, kind: str) -> None:
    with reached(simulator, seconds=PATIENCE) as found:
        before = found.group(DISTRIBUTED.name)
        simulator.inject("ReconfigureDVPortgroup_Task", kind)
        error = failure(lambda: permit(found, before))
        assert (error is None) is (kind == "task:ConcurrentAccess")
        assert error is None or error.exit_code in {4, 5}
    put_back(simulator, DISTRIBUTED, before.own)


@pytest.mark.parametrize("method", [*READS, "ReconfigureDVPortgroup_Task", "SetField"])
def test_answer_that_comes_too_late_is_a_deadline(simulator: Simulator, method: str) -> None:
    simulator.inject(method, "delay", seconds=4.0)
    with pytest.raises(DeadlineError), reached(simulator, seconds=1.5) as found:
        permit(found, found.group(DISTRIBUTED.name))
    put_back(simulator, DISTRIBUTED, INHERITED)


@pytest.mark.parametrize("method", ["RetrievePropertiesEx", "ReconfigureDVPortgroup_Task"])
def test_session_that_ended_is_opened_again_once(simulator: Simulator, method: str) -> None:
    with reached(simulator) as found:
        before = found.group(DISTRIBUTED.name)
        simulator.order(expire=True)
        if method == "RetrievePropertiesEx":
            assert found.groups.all()
        else:
            permit(found, before)
    put_back(simulator, DISTRIBUTED, before.own)


def test_session_that_ends_twice_is_an_error(simulator: Simulator) -> None:
    with reached(simulator) as found:
        for _ in range(2):
            simulator.inject("CreateContainerView", "NotAuthenticated")
        with pytest.raises(HypervisorError, match="Could not read"):
            found.groups.all()


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


def test_missing_privilege_is_named(simulator: Simulator) -> None:
    simulator.order(deny={"auditor": ["DVPortgroup.Modify"]})
    with reached(simulator, user="auditor") as found:
        before = found.group(DISTRIBUTED.name)
        with pytest.raises(HypervisorError) as raised:
            permit(found, before)
    assert "missing privilege: DVPortgroup.Modify" in raised.value.details
    put_back(simulator, DISTRIBUTED, before.own)
