"""The roles for dedicated port groups and for pairs are enough, and each privilege is named."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from vipprov.hv.vsphere import place, tasks
from vipprov.hv.vsphere.find import CLAIM
from vsphere.acted import MISDEEDS
from vsphere.lives import created, destroyed, left, told
from vsphere.opening import forget_attributes
from vsphere.pairs import Scene, staged
from vsphere.reach import reached
from vsphere.roles import ROLES, address, by, restricted
from vsphere.simulator import Simulator, started

pytestmark = pytest.mark.vsphere

DEDICATED, PAIRS = ROLES["vipprov-dedicated"], ROLES["vipprov-pairs"]
MACHINE, PLACE = "DC0_H0_VM0", "DC0_DVPG0"
# What no call of `vm create` or `vm destroy` needs on a vCenter with a distributed switch.
ELSEWHERE = {
    "System.Anonymous",  # everybody has it
    "Host.Config.Network",  # standard port groups
    "VirtualMachine.Config.AddNewDisk",  # a host alone
    "VirtualMachine.Config.EditDevice",  # `failover --fault link`
    "VirtualMachine.Interact.Reset",  # `failover --fault power`
    "VirtualMachine.Interact.Suspend",
}
# Without these a run that has failed cannot take its machines away.
TO_REMOVE = {"VirtualMachine.Interact.PowerOff", "VirtualMachine.Inventory.Delete"}


@pytest.fixture(scope="module")
def own(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Simulator]:
    yield from started("vcenter", tmp_path_factory.mktemp("roles"), "-task-delay", "1ms")


@pytest.fixture
def scene(own: Simulator, tmp_path: Path) -> Iterator[Scene]:
    with staged(own, PLACE, tmp_path) as found:
        (tmp_path / MISDEEDS).touch()  # no guest gets ready: the run goes back
        found.path.write_text(found.path.read_text().replace(own.url, address(own)))
        yield found


def groups(own: Simulator) -> dict[str, object]:
    own.order(reset=True)
    with reached(own) as found:
        return {one.key: (one.own, one.record, one.machines) for one in found.groups.all()}


def test_role_dedicated_is_enough_to_make_one_and_to_take_it_away(own: Simulator) -> None:
    before = groups(own)
    for words in (("permit", MACHINE, "--dedicated"), ("restore", MACHINE)):
        done = by(own, *words, "--on", address(own), role=DEDICATED)
        assert done.code == 0, done.err
    assert groups(own) == before


def test_role_dedicated_is_enough_on_a_standard_switch(own: Simulator) -> None:
    with reached(own) as found:
        here, there = found.group(PLACE), found.group("app", "DC0_H0")
        found.groups.move(MACHINE, here, there)
    try:
        for words in (("permit", MACHINE, "--dedicated"), ("restore", MACHINE)):
            done = by(own, *words, "--on", address(own), role=DEDICATED)
            assert done.code == 0, done.err
    finally:
        own.order(reset=True)
        with reached(own) as found:
            found.groups.move(MACHINE, there, here)


@pytest.mark.parametrize(
    "lacking",
    [one for one in DEDICATED if re.match(r"DVPortgroup\.[CMP]|Net|Virtual|Global", one)],
)
def test_each_privilege_of_dedicated_is_needed_and_named(own: Simulator, lacking: str) -> None:
    before = groups(own)
    with reached(own) as found:
        forget_attributes(found)  # so that they are still to be defined
    role = restricted(DEDICATED, lacking)
    done = by(own, "permit", MACHINE, "--dedicated", "--on", address(own), role=role)
    assert done.code == 4, done.err
    assert f"missing privilege: {lacking}" in done.err
    assert groups(own) == before


def test_privilege_to_remove_a_port_group_is_needed_for_the_way_back(own: Simulator) -> None:
    before = groups(own)
    url = address(own)
    assert by(own, "permit", MACHINE, "--dedicated", "--on", url, role=DEDICATED).code == 0
    role = restricted(DEDICATED, "DVPortgroup.Delete")
    refused = by(own, "restore", MACHINE, "--on", url, role=role)
    assert refused.code == 4, refused.err
    assert "missing privilege: DVPortgroup.Delete" in refused.err
    again = by(own, "restore", MACHINE, "--on", url, role=DEDICATED)
    assert again.code == 0, again.err
    assert groups(own) == before


@pytest.mark.parametrize("placement", ["{}", "{host: DC0_C0_H1, datastore: LocalDS_0}"])
def test_role_pairs_is_enough_to_make_a_pair_and_to_take_it_away(
    scene: Scene, placement: str
) -> None:
    before = left(scene)
    scene.path.write_text(f"{scene.path.read_text()}placement: {placement}\n")
    scene.simulator.order(allow={"somebody": list(PAIRS)})
    error = created(scene)
    assert error is not None
    assert "cloud-init is switched off" in told(error)
    assert "not undone" not in told(error)
    assert left(scene) == before


@pytest.mark.parametrize("lacking", [one for one in PAIRS if one not in ELSEWHERE])
def test_each_privilege_of_pairs_is_needed_and_named(scene: Scene, lacking: str) -> None:
    before = left(scene)
    with reached(scene.simulator) as found:
        forget_attributes(found)
    scene.simulator.order(allow={"somebody": list(restricted(PAIRS, lacking))})
    error = created(scene)
    assert error is not None
    assert f"missing privilege: {lacking}" in told(error)
    assert ("not undone" in told(error)) is (lacking in TO_REMOVE)
    if lacking in TO_REMOVE:
        scene.simulator.order(reset=True)
        forget_claim(scene)
        assert destroyed(scene) is None
    assert left(scene) == before


def forget_claim(scene: Scene) -> None:
    """Remove the claim, as a person would: it is a machine, which the run could not remove."""
    with reached(scene.simulator) as found:
        index = found.session.content.searchIndex
        claim = index.FindChild(place.of_datacenter(found.session), f"{scene.name}{CLAIM}")
        if claim is not None:
            tasks.run(found.session, "remove the claim", claim.Destroy_Task)
