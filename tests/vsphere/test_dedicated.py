"""A port group for one pair: cloned, opened, the machines moved there, and all of it taken back."""

import os
from pathlib import Path

import pytest

from lab.command import Ended
from lab.command import vipprov as command
from vipprov.guest.errors import VipprovError
from vipprov.hv.switchgroup import SwitchGroup
from vipprov.pipelines import dedicate, switchdedicate, switchgroup
from vsphere.crowd import whole_configurations
from vsphere.reach import Reached, reached
from vsphere.simulator import Simulator

pytestmark = pytest.mark.vsphere

METHODS = ("AddDVPortgroup_Task", "SetField", "ReconfigureDVPortgroup_Task", "ReconfigVM_Task")
KINDS = (
    "disconnect",
    "NoPermission",
    "ConcurrentAccess",
    "InvalidState",
    "ResourceInUse",
    "NotAuthenticated",
    "expire",
    "task:ConcurrentAccess",
    "task:DvsFault",
)
FAULTS = [
    (method, kind)
    for method in METHODS
    for kind in KINDS
    if method.endswith("_Task") or not kind.startswith("task:")
]
FIRST, SECOND = "DC0_H0_VM0", "DC0_H0_VM1"


def vipprov(simulator: Simulator, *arguments: str | Path) -> Ended:
    environment = {**os.environ, **simulator.environment}
    return command("portgroup", *arguments, "--on", simulator.url, environment=environment)


def permit(simulator: Simulator, machine: str, *options: str | Path) -> Ended:
    done = vipprov(simulator, "permit", machine, "--dedicated", "--json", *options)
    assert done.code == 0, done.err
    return done


def restore(simulator: Simulator, machine: str, *options: str | Path) -> Ended:
    done = vipprov(simulator, "restore", machine, "--json", *options)
    assert done.code == 0, done.err
    return done


def world(simulator: Simulator) -> dict[str, tuple[SwitchGroup, str]]:
    """Return each port group with its machines, and the whole configuration of those of a DVS."""
    with reached(simulator) as found:
        groups = found.groups.all()
        whole = whole_configurations(found, [one.key for one in groups if one.host is None])
    return {group.key: (group, whole.get(group.key, "")) for group in groups}


def machines(simulator: Simulator, name: str) -> set[str]:
    with reached(simulator) as found:
        groups = [group for group in found.groups.all() if group.name == name]
    return {machine.name for group in groups for machine in group.machines}


def setting(found: Reached, name: str) -> object:
    """Return VLAN and teaming of a distributed port group, as text."""
    reference = found.reference(found.group(name))
    config = found.session.call("read it", lambda: reference.config.defaultPortConfig)
    return str((config.vlan, config.uplinkTeamingPolicy))


def test_pair_gets_a_port_group_of_its_own_and_restore_takes_it_back(simulator: Simulator) -> None:
    before = world(simulator)
    tried = permit(simulator, FIRST, "--dry-run").document
    assert (tried["port_group"], tried["moves"], tried["reached"]) == ("DC0_DVPG0-vip", True, [])
    assert SECOND in tried["staying"]
    assert world(simulator) == before

    permit(simulator, FIRST)
    second = permit(simulator, SECOND).document
    assert second["reached"] == [FIRST]
    assert machines(simulator, "DC0_DVPG0-vip") == {FIRST, SECOND}
    assert not machines(simulator, "DC0_DVPG0") & {FIRST, SECOND}
    with reached(simulator) as found:
        own = found.group("DC0_DVPG0-vip")
        assert own.effective.learning is True
        assert setting(found, "DC0_DVPG0-vip") == setting(found, "DC0_DVPG0")
        assert found.group("DC0_DVPG0").effective.learning is False
    after = world(simulator)
    again = permit(simulator, SECOND).document
    assert again["moves"] is False
    assert world(simulator) == after

    first = restore(simulator, FIRST).document
    assert (first[0]["moved"], first[0]["removed"], first[0]["staying"]) == (
        [FIRST],
        False,
        [SECOND],
    )
    last = restore(simulator, SECOND).document
    assert last[0]["removed"] is True
    assert world(simulator) == before


def test_standard_port_group_is_cloned_on_each_host_that_has_it(simulator: Simulator) -> None:
    before = world(simulator)
    permit(simulator, FIRST, "--name", "web-vip")
    restore(simulator, "web-vip")
    with reached(simulator) as found:
        dvpg, app = found.group("DC0_DVPG0"), found.group("app", "DC0_H0")
        found.groups.move(FIRST, dvpg, app)
    moved = world(simulator)
    assert machines(simulator, "app") == {FIRST}
    permit(simulator, FIRST)
    with reached(simulator) as found:
        clones = [one for one in found.groups.all() if one.name == "app-vip"]
        hosts = [one.host for one in found.groups.all() if one.name == "app"]
    assert sorted(one.host or "" for one in clones) == sorted(host or "" for host in hosts)
    assert {one.effective.promiscuous.value for one in clones if one.effective.promiscuous} == {
        "accept"
    }
    assert machines(simulator, "app-vip") == {FIRST}
    restore(simulator, "app-vip")
    assert world(simulator) == moved
    with reached(simulator) as found:
        found.groups.move(FIRST, app, dvpg)
    assert world(simulator) == before


def test_run_that_fails_says_so_and_leaves_all_as_it_was(simulator: Simulator) -> None:
    before = world(simulator)
    simulator.inject("ReconfigVM_Task", "NoPermission")
    done = vipprov(simulator, "permit", FIRST, "--dedicated")
    assert done.code == 4, done.err
    assert "Could not move DC0_H0_VM0 from DC0_DVPG0 to DC0_DVPG0-vip" in done.err
    assert world(simulator) == before


@pytest.mark.parametrize(("method", "kind"), FAULTS)
def test_fault_anywhere_ends_well_or_leaves_all_as_it_was(
    simulator: Simulator, method: str, kind: str
) -> None:
    before = world(simulator)
    simulator.inject(method, kind)
    error = None
    try:
        with reached(simulator, seconds=20) as found:
            plan = dedicate.plan(found.groups.all(), FIRST)
            switchdedicate.permit(found.groups, plan, mac_changes=False)
    except VipprovError as ours:
        error = ours
    simulator.order(reset=True)
    if error is None:
        with reached(simulator) as found:
            groups = found.groups.all()
            clones = dedicate.to_remove(groups, switchgroup.named(groups, FIRST))
            switchdedicate.restore(found.groups, clones, machine=FIRST)
    assert world(simulator) == before


def test_name_that_is_taken_is_refused(simulator: Simulator) -> None:
    done = vipprov(simulator, "permit", FIRST, "--dedicated", "--name", "open")
    assert done.code == 2
    assert "it is no clone of DC0_DVPG0" in done.err


def test_clone_that_somebody_changed_is_neither_left_nor_removed(simulator: Simulator) -> None:
    before = world(simulator)
    permit(simulator, FIRST)
    with reached(simulator) as found:
        own = found.group("DC0_DVPG0-vip")
        found.set(own, found.group("open").own)
    refused = vipprov(simulator, "restore", FIRST)
    assert (refused.code, "as we left it:" in refused.err) == (1, True)
    assert machines(simulator, "DC0_DVPG0-vip") == {FIRST}
    with reached(simulator) as found:
        found.set(found.group("DC0_DVPG0-vip"), own.own)
    restore(simulator, FIRST)
    assert world(simulator) == before


def test_esxi_without_vcenter_keeps_it_in_the_file(esxi: Simulator, tmp_path: Path) -> None:
    record = ("--record", tmp_path / "records.json")
    machine = "ha-host_VM0"
    before = world(esxi)
    permit(esxi, machine, *record)
    assert world(esxi) != before
    restore(esxi, machine, *record)
    assert world(esxi) == before
