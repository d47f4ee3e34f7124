"""Whatever goes wrong while reading: our error or a right result, in time."""

import pytest

from vipprov.guest.errors import DeadlineError, HypervisorError
from vipprov.hv.vsphere import collect
from vsphere.opening import DISTRIBUTED, KINDS, PATIENCE, failure, permit, put_back
from vsphere.reach import reached
from vsphere.simulator import Simulator

pytestmark = pytest.mark.vsphere

# Every method that is called to read; see CALLED in tests/vsphere/methods.py.
READS = (
    "RetrieveServiceContent",
    "Login",
    "FindByInventoryPath",
    "RetrievePropertiesEx",
    "ContinueRetrievePropertiesEx",
    "QueryOptions",
)


def reading(simulator: Simulator, *, seconds: float = PATIENCE) -> None:
    """Call every method that reads."""
    with reached(simulator, datacenter="DC0", seconds=seconds) as found:
        groups = found.groups.all()
        assert groups
        assert found.groups.host_checks()
        kind = type(found.reference(found.group(DISTRIBUTED.name)))
        assert len(collect.very_many(found.session, kind, ["name"], page=2)) > 2


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("method", [*READS, "Logout"])
def test_reading_ends_well_or_with_an_error_of_ours(
    simulator: Simulator, method: str, kind: str
) -> None:
    simulator.inject(method, kind)
    error = failure(lambda: reading(simulator))
    assert error is None or error.exit_code in {3, 4, 5}
    assert error is None or str(error).startswith("Could not ")
    if method == "Logout":
        assert error is None


@pytest.mark.parametrize("method", READS)
def test_answer_that_comes_too_late_is_a_deadline(simulator: Simulator, method: str) -> None:
    simulator.inject(method, "delay", seconds=4.0)
    with pytest.raises(DeadlineError):
        reading(simulator, seconds=1.5)


@pytest.mark.parametrize("method", ["Logout"])
def test_good_bye_that_comes_too_late_is_no_error(simulator: Simulator, method: str) -> None:
    simulator.inject(method, "delay", seconds=4.0)
    reading(simulator, seconds=3.0)


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
            simulator.inject("RetrievePropertiesEx", "NotAuthenticated")
        with pytest.raises(HypervisorError, match="Could not read"):
            found.groups.all()
