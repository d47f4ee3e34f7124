"""All port groups of virtual switches, fake or simulated, keep these promises."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import pytest

from fakes.switchgroups import FakeSwitchGroups
from switchgroups import ACCEPT, LEARNS, REJECT, distributed, standard
from vipprov.guest.errors import MissingError
from vipprov.hv.switchgroup import (
    GroupKind,
    HostCheck,
    OwnPolicy,
    Plugged,
    Record,
    StaleError,
    SwitchGroup,
    SwitchGroups,
)

if TYPE_CHECKING:
    from vsphere.simulator import Simulator

OPENED = OwnPolicy(promiscuous=REJECT, mac_changes=REJECT, forged_transmits=ACCEPT, learning=LEARNS)
STANDARD_OPENED = OwnPolicy(promiscuous=ACCEPT, forged_transmits=ACCEPT)
RECORD = Record(before=OwnPolicy(inherited=True), opened=OPENED, reason="for web-1")


@dataclass(frozen=True, slots=True, kw_only=True)
class World:
    """A distributed port group, and a standard one on two hosts; hands that are not ours."""

    groups: SwitchGroups
    distributed: str
    standard: str
    change: Callable[[SwitchGroup, OwnPolicy], None]

    def group(self, name: str) -> SwitchGroup:
        return next(group for group in self.groups.all() if group.name == name)

    def names(self) -> tuple[str, str]:
        return self.distributed, self.standard


@contextmanager
def fake() -> Iterator[World]:
    hosts = [HostCheck(host=host, reverse_path_check=False) for host in ("esx1", "esx2")]
    web = Plugged(name="web-1", is_on=True)
    made = [distributed(machines=(web,)), standard(host="esx1"), standard(host="esx2")]
    groups = FakeSwitchGroups(made, hosts)
    yield World(
        groups=groups,
        distributed="leaf1",
        standard="app",
        change=lambda group, own: groups.change(group.key, own),
    )


@contextmanager
def simulated(simulator: "Simulator") -> Iterator[World]:
    from vsphere.reach import reached  # noqa: PLC0415  the fake needs no SDK

    with reached(simulator) as found:
        world = World(
            groups=found.groups,
            distributed="DC0_DVPG0",
            standard="VM Network",
            change=found.set,
        )
        before = [world.group(name) for name in world.names()]
        yield world
        for group in before:
            found.groups.remember(group, None)
            if found.groups.read(group).own != group.own:
                found.set(group, group.own)


@pytest.fixture(params=["fake", pytest.param("vcenter", marks=pytest.mark.vsphere)])
def world(request: pytest.FixtureRequest) -> Iterator[World]:
    made = fake() if request.param == "fake" else simulated(request.getfixturevalue("simulator"))
    with made as found:
        yield found


def test_port_groups_come_sorted_one_for_each_host_of_a_standard_one(world: World) -> None:
    found = world.groups.all()
    assert list(found) == sorted(found, key=lambda one: (one.name, one.host or "", one.key))
    hosts = [group.host for group in found if group.name == world.standard]
    assert len(hosts) == len(set(hosts)) > 1
    assert {group.kind for group in found if group.host} == {GroupKind.STANDARD}


def test_what_is_read_alone_is_what_is_read_in_bulk(world: World) -> None:
    for name in world.names():
        group = world.group(name)
        assert world.groups.read(group) == group


def test_port_group_that_has_gone_is_missing(world: World) -> None:
    for name in world.names():
        gone = replace(world.group(name), key="nonesuch/nonesuch", name="nonesuch")
        with pytest.raises(MissingError):
            world.groups.read(gone)


def test_written_policy_is_read_back_and_written_back(world: World) -> None:
    for name, own in zip(world.names(), (OPENED, STANDARD_OPENED), strict=True):
        before = world.group(name)
        world.groups.write(before, own)
        opened = world.groups.read(before)
        assert opened.own == own
        assert opened.effective.forged_transmits is ACCEPT
        world.groups.write(opened, before.own)
        assert world.groups.read(before).own == before.own


def test_other_hosts_keep_their_policies(world: World) -> None:
    others = [group for group in world.groups.all() if group.name == world.standard][1:]
    world.groups.write(world.group(world.standard), STANDARD_OPENED)
    assert [world.groups.read(group) for group in others] == others


def test_write_onto_what_has_changed_is_stale_and_changes_nothing(world: World) -> None:
    for name, own in zip(world.names(), (OPENED, STANDARD_OPENED), strict=True):
        read = world.group(name)
        theirs = replace(own, promiscuous=ACCEPT, mac_changes=ACCEPT)
        world.change(read, theirs)
        with pytest.raises(StaleError):
            world.groups.write(read, own)
        assert world.groups.read(read).own == theirs


def test_record_is_kept_replaced_and_forgotten(world: World) -> None:
    for name in world.names():
        group = world.group(name)
        world.groups.remember(group, None)
        for record in (RECORD, replace(RECORD, reason="for db-1"), None, None):
            world.groups.remember(group, record)
            assert world.groups.read(group).record == record
            assert world.group(name).record == record


def test_clone_is_what_its_source_is_and_goes_without_a_trace(world: World) -> None:
    before = world.groups.all()
    for name in world.names():
        source = world.group(name)
        world.groups.clone(source, "contract-clone")
        clone = world.group("contract-clone")
        assert (clone.own, clone.effective, clone.switch) == (
            source.own,
            source.effective,
            source.switch,
        )
        assert (clone.host, clone.record, clone.machines) == (source.host, None, ())
        world.groups.remove(clone)
    assert world.groups.all() == before


def test_machine_moves_with_what_it_has_on_the_port_group_and_back(world: World) -> None:
    source = world.group(world.distributed)
    machine = source.machines[0]
    world.groups.clone(source, "contract-clone")
    try:
        clone = world.group("contract-clone")
        for _ in range(2):
            world.groups.move(machine.name, source, clone)
            assert world.group("contract-clone").machines == (machine,)
            assert machine not in world.group(world.distributed).machines
        world.groups.move(machine.name, clone, source)
        assert world.group(world.distributed).machines == source.machines
    finally:
        world.groups.remove(clone)


def test_every_host_tells_of_its_reverse_path_check(world: World) -> None:
    hosts = {group.host for group in world.groups.all() if group.host}
    checks = world.groups.host_checks()
    assert [check.host for check in checks] == sorted(hosts)
    assert {check.reverse_path_check for check in checks} == {False}
