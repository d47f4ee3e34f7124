"""Whatever goes wrong while a pair is made: an error in words, and nothing of the run is left.

Here no guest gets ready, as its cloud-init is switched off. So every run ends with an error: that
one, if it came as far as it would have without a fault.
"""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from vipprov.guest.deadline import SystemClock
from vipprov.guest.errors import DeadlineError, GuestError
from vsphere.acted import MISDEEDS
from vsphere.lives import FAULTS, Left, created, destroyed, left, told
from vsphere.opening import forget_attributes
from vsphere.pairs import PASSWORD, Scene, staged
from vsphere.reach import reached
from vsphere.simulator import Simulator

pytestmark = pytest.mark.vsphere

# Every method that `vm create` calls to change something; each of them the first time.
TASKS = (
    "CloneVM_Task",
    "ReconfigVM_Task",
    "ReconfigureDVPortgroup_Task",
    "ReconfigureComputeResource_Task",
    "PowerOnVM_Task",
)
CALLS = (*TASKS, "CreateVM_Task", "AddCustomFieldDef", "SetField", "StartProgramInGuest")
# Those that an undoing begins with, which another fault has made necessary.
UNDOING = ("PowerOffVM_Task", "Destroy_Task")
TASK_KINDS = (
    "task:NoPermission",
    "task:ResourceInUse",
    "task:InvalidState",
    "task:Timedout",
    "task:TaskInProgress",
)
# What the run gets over: a session that has ended, and somebody else's work that ends soon.
PASSING = ("NotAuthenticated", "expire", "task:TaskInProgress")
PASSING_TASKS = ("ConcurrentAccess",)
READS = ("RetrievePropertiesEx", "FindChild")
LATE = 6.0


@pytest.fixture
def scene(hasty: Simulator, tmp_path: Path) -> Iterator[Scene]:
    with staged(hasty, "DC0_DVPG0", tmp_path) as found:
        (tmp_path / MISDEEDS).touch()
        with reached(hasty) as open_:
            forget_attributes(open_)  # so that they are to be defined
        yield found


def require_taken_back(scene: Scene, before: Left, kind: str, *, passes: bool = False) -> None:
    """Run `vm create`, and see that it fails in words and leaves what was there."""
    error = created(scene)
    assert error is not None
    words = told(error)
    if isinstance(error, GuestError) or passes or kind in PASSING:
        assert "cloud-init is switched off" in words
    else:
        assert error.exit_code in {3, 4, 5}, words
        assert str(error).startswith("Could not "), words
        is_named = re.search(r"missing privilege: \w", words)
        assert is_named or not kind.endswith("NoPermission"), words
    assert "not undone" not in words
    assert PASSWORD not in words
    assert left(scene) == before


@pytest.mark.parametrize("kind", FAULTS)
@pytest.mark.parametrize("method", CALLS)
def test_call_that_fails(scene: Scene, method: str, kind: str) -> None:
    before = left(scene)
    scene.simulator.inject(method, kind)
    require_taken_back(scene, before, kind, passes=method in TASKS and kind in PASSING_TASKS)


@pytest.mark.parametrize("kind", TASK_KINDS)
@pytest.mark.parametrize("method", TASKS)
def test_task_that_fails(scene: Scene, method: str, kind: str) -> None:
    before = left(scene)
    scene.simulator.inject(method, kind)
    require_taken_back(scene, before, kind)


@pytest.mark.parametrize("nth", [5, 20, 45])
@pytest.mark.parametrize("method", READS)
def test_read_that_fails_somewhere(scene: Scene, method: str, nth: int) -> None:
    before = left(scene)
    scene.simulator.inject(method, "disconnect", nth=nth)
    error = created(scene)
    assert error is not None
    assert error.exit_code in {3, 4, 5, 6}, told(error)
    if "not undone" in told(error):  # it was the undoing that could not read
        destroyed(scene)
    assert left(scene) == before


@pytest.mark.parametrize("kind", ["disconnect", "NoPermission", "task:InvalidState"])
@pytest.mark.parametrize("method", UNDOING)
def test_undoing_that_fails_is_told_and_done_by_destroy(
    scene: Scene, method: str, kind: str
) -> None:
    before = left(scene)
    scene.simulator.inject(method, kind)
    error = created(scene)
    assert error is not None
    assert "cloud-init is switched off" in str(error)
    assert "not undone: " in told(error)
    assert left(scene).policies == before.policies
    assert destroyed(scene) is None
    assert left(scene) == before


@pytest.mark.parametrize("method", TASKS)
def test_call_that_comes_too_late_is_a_deadline_and_opens_nothing(
    scene: Scene, method: str
) -> None:
    before = left(scene)
    (scene.path.parent / MISDEEDS).unlink()  # who is in time gets ready
    text = scene.path.read_text()
    scene.path.write_text(text.replace("timeout: 120s", "timeout: 4s"))
    scene.simulator.inject(method, "delay", seconds=LATE)
    error = created(scene)
    assert isinstance(error, DeadlineError), error
    SystemClock().sleep(LATE)  # what was given up is done meanwhile
    assert left(scene).policies == before.policies
    destroyed(scene)  # a machine that came late has its mark
    after = left(scene)
    assert (after.machines, after.rules) == (before.machines, before.rules)
    assert after.policies == before.policies
