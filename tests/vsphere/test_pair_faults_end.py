"""Whatever goes wrong while a pair is taken away: an error in words, and the next run ends it."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from vipprov.guest.deadline import SystemClock
from vipprov.guest.errors import DeadlineError
from vsphere.lives import FAULTS, destroyed, left, settle, told
from vsphere.pairs import Scene, staged
from vsphere.simulator import Simulator

pytestmark = pytest.mark.vsphere

TASKS = (
    "ReconfigVM_Task",
    "PowerOffVM_Task",
    "Destroy_Task",
    "ReconfigureDVPortgroup_Task",
    "ReconfigureComputeResource_Task",
)
LATE = 6.0


@pytest.fixture
def scene(hasty: Simulator, tmp_path: Path) -> Iterator[Scene]:
    with staged(hasty, "DC0_DVPG0", tmp_path) as found:
        yield found


@pytest.mark.parametrize(
    ("method", "kind"),
    [
        *((method, kind) for method in (*TASKS, "SetField") for kind in FAULTS),
        *((method, kind) for method in TASKS for kind in ("task:NoPermission", "task:Timedout")),
    ],
)
def test_run_that_fails_is_ended_by_the_next(scene: Scene, method: str, kind: str) -> None:
    before = left(scene)
    settle(scene)
    assert left(scene).policies != before.policies
    scene.simulator.inject(method, kind)
    error = destroyed(scene)
    if error is not None:
        assert error.exit_code in {3, 4, 5}, told(error)
        assert str(error).startswith("Could not "), told(error)
        assert re.search(r"missing privilege: \w", told(error)) or not kind.endswith("NoPermission")
        assert destroyed(scene) is None
    assert left(scene) == before


@pytest.mark.parametrize("method", TASKS)
def test_call_that_comes_too_late_is_a_deadline(scene: Scene, method: str) -> None:
    before = left(scene)
    settle(scene)
    scene.simulator.inject(method, "delay", seconds=LATE)
    error = destroyed(scene, seconds=3)
    assert isinstance(error, DeadlineError), error
    SystemClock().sleep(LATE)  # what was given up is done meanwhile
    destroyed(scene)
    assert left(scene) == before
