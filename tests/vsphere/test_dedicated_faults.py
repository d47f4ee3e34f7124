"""Whatever goes wrong with a dedicated port group of hosts: it is there whole, or gone."""

from collections.abc import Iterator

import pytest

from vipprov.guest.deadline import SystemClock
from vipprov.guest.errors import DeadlineError
from vipprov.pipelines import dedicate, switchdedicate, switchgroup
from vsphere.dedicated import permit, restore, standard, world
from vsphere.opening import KINDS, failure
from vsphere.reach import reached
from vsphere.simulator import Simulator

pytestmark = pytest.mark.vsphere

CLONE, LATE, PATIENT = "app-vip", 4.0, 2.0


@pytest.fixture
def own(simulator: Simulator) -> Iterator[Simulator]:
    with standard(simulator):
        yield simulator


def finish(own: Simulator) -> None:
    """Take back by its name what an earlier run has left."""
    with reached(own) as found:
        groups = found.groups.all()
        if any(group.name == CLONE for group in groups):
            clones = dedicate.to_remove(groups, switchgroup.named(groups, CLONE))
            switchdedicate.restore(found.groups, clones, machine=None)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("method", ["AddPortGroup"])
def test_clone_that_cannot_be_made_leaves_all_as_it_was(
    own: Simulator, method: str, kind: str
) -> None:
    before = world(own)
    own.inject(method, kind, nth=2)  # on the second host
    error = failure(lambda: permit(own))
    own.order(reset=True)
    if error is None:
        restore(own)
    else:
        assert error.exit_code in {3, 4, 5}, error
    assert world(own) == before


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("method", ["RemovePortGroup"])
def test_clone_that_cannot_be_removed_is_removed_by_the_next_run(
    own: Simulator, method: str, kind: str
) -> None:
    before = world(own)
    permit(own)
    own.inject(method, kind)
    error = failure(lambda: restore(own))
    own.order(reset=True)
    assert error is None or error.exit_code in {3, 4, 5}, error
    finish(own)
    assert world(own) == before


@pytest.mark.parametrize("method", ["RemovePortGroup"])
def test_removal_that_comes_too_late_is_a_deadline(own: Simulator, method: str) -> None:
    before = world(own)
    permit(own)
    own.inject(method, "delay", seconds=LATE)
    with pytest.raises(DeadlineError):
        restore(own, seconds=PATIENT)
    SystemClock().sleep(LATE)  # what was given up is done meanwhile
    finish(own)
    assert world(own) == before
