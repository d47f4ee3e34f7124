"""Two pairs on one port group of vSphere, one of which comes or goes while the other one does."""

import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from vipprov.hv.switchgroup import OwnPolicy, SwitchGroup
from vipprov.hv.vsphere.machinerecords import RecordsOnMachines
from vipprov.hv.vsphere.portgroup import VspherePortGroups
from vipprov.hv.vsphere.session import Session
from vipprov.pipelines import destroy
from vsphere.lives import Left, connected, destroyed, left, settle, silent
from vsphere.pairs import Scene, staged
from vsphere.reach import reached

pytestmark = pytest.mark.vsphere

PLACES = [("vcenter", "DC0_DVPG0"), ("vcenter", "app"), ("esxi", "esxi-app")]


class Once:
    """Something that happens the first time that it is called; others wait for it."""

    def __init__(self, act: Callable[[], object]) -> None:
        self._acts = [act]
        self._lock = threading.Lock()

    def __call__(self, _line: str = "") -> None:
        with self._lock:
            while self._acts:
                self._acts.pop()()


class Watched(VspherePortGroups):
    """Port groups beside which something happens, right before the first is written."""

    def __init__(self, session: Session, act: Callable[[], object]) -> None:
        super().__init__(session)
        self.amid = Once(act)

    def write(self, group: SwitchGroup, own: OwnPolicy) -> None:
        self.amid()
        super().write(group, own)


@pytest.fixture(params=PLACES, ids=["distributed", "standard", "host alone"])
def scene(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Scene]:
    kind, group = request.param
    with staged(request.getfixturevalue(kind), group, tmp_path) as found:
        yield found


@pytest.fixture
def other(scene: Scene) -> Iterator[Scene]:
    found = scene.beside()
    yield found
    destroyed(found)


def go(scene: Scene, *, amid: Callable[[], None]) -> None:
    """Run `vm destroy`; right before it closes the port group something else happens."""
    with connected(scene) as hypervisor, reached(scene.simulator) as found:
        groups = Watched(found.session, amid)
        switches = groups if found.session.is_vcenter else RecordsOnMachines(found.session, groups)
        destroy.destroy(replace(hypervisor, switches=switches), scene.name, say=silent)


def policies(scene: Scene) -> tuple[OwnPolicy, ...]:
    return left(scene).policies


def test_pair_that_comes_while_the_last_one_goes_is_served(scene: Scene, other: Scene) -> None:
    before = policies(scene)
    settle(scene)
    opened = policies(scene)
    assert opened != before
    go(scene, amid=lambda: settle(other))
    assert policies(scene) == opened
    assert destroyed(other) is None
    assert left(other) == Left(machines=(), rules=(), groups=tuple((own, None) for own in before))


def test_two_pairs_that_go_at_once_leave_nothing_open(scene: Scene, other: Scene) -> None:
    before = policies(scene)
    settle(scene)
    settle(other)
    # It says so when its port group has been looked at, and before its machines go.
    says = Once(lambda: destroyed(other))
    with connected(scene) as hypervisor:
        destroy.destroy(hypervisor, scene.name, say=says)
    assert policies(scene) == before
