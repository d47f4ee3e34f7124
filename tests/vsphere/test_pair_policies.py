"""Each `policy:` of a pair file comes out on the port group, and what was there comes back."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from vipprov.guest.errors import SpecError
from vsphere.lives import created, destroyed, left, settle
from vsphere.pairs import Scene, staged

pytestmark = pytest.mark.vsphere

PLACES = [("vcenter", "DC0_DVPG0"), ("vcenter", "app"), ("esxi", "esxi-app")]
BY_NAME = "{promiscuous: accept, forged_transmits: accept, mac_changes: reject}"


@pytest.fixture(params=PLACES, ids=["distributed", "standard", "host alone"])
def scene(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Scene]:
    kind, group = request.param
    with staged(request.getfixturevalue(kind), group, tmp_path) as found:
        yield found


def ask(scene: Scene, policy: str) -> None:
    """Let the pair file name this policy."""
    lines = [line for line in scene.path.read_text().splitlines() if "policy:" not in line]
    scene.path.write_text("\n".join((*lines, f"policy: {policy}", "")))


def words(scene: Scene) -> list[tuple[object, ...]]:
    """Return the three settings that are in effect, of each port group of the name."""
    effects = [one["effective"] for one in scene.policies()]
    names = ("promiscuous", "mac_changes", "forged_transmits")
    return [tuple(effect[name] for name in names) for effect in effects]


def planned(scene: Scene) -> list[str]:
    done = scene.vm("plan", scene.path, "--json")
    assert done.code == 0, done.err
    return [one["action"] for one in done.document["actions"]]


@pytest.mark.parametrize(
    ("policy", "wanted"),
    [("article", ("accept", "accept", "accept")), (BY_NAME, ("accept", "reject", "accept"))],
    ids=["article", "by name"],
)
def test_policy_comes_out_and_goes(scene: Scene, policy: str, wanted: tuple[str, ...]) -> None:
    before = left(scene)
    ask(scene, policy)
    assert "open" in planned(scene)
    settle(scene)
    assert set(words(scene)) == {wanted}
    assert "open" not in planned(scene)
    assert destroyed(scene) is None
    assert left(scene) == before


@pytest.mark.parametrize("scene", PLACES[:1], indirect=True, ids=["distributed"])
def test_policy_may_change_while_the_pair_lives(scene: Scene) -> None:
    before = left(scene)
    ask(scene, "least")
    settle(scene)
    ask(scene, "article")
    actions = planned(scene)
    assert "open" in actions
    assert "replace" not in actions
    settle(scene)
    assert set(words(scene)) == {("accept", "accept", "accept")}
    assert destroyed(scene) is None
    assert left(scene) == before


def test_policy_that_another_pair_would_suffer_from_is_refused(scene: Scene) -> None:
    settle(scene)
    there = left(scene)
    other = scene.beside()
    ask(other, "{forged_transmits: reject}")
    error = created(other)
    assert isinstance(error, SpecError), error
    assert f"serves {scene.name} as well" in str(error)
    assert left(scene) == there
