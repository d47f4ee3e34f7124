"""A dedicated port group: what is cloned, whom it reaches, and runs that are killed on the way."""

from dataclasses import replace

import pytest

from fakes.switchgroups import FakeSwitchGroups
from switchgroups import ACCEPT, distributed, standard
from vipprov.guest.errors import CheckFailedError, MissingError, SpecError
from vipprov.hv.switchgroup import OwnPolicy, Plugged, Record, SwitchGroup
from vipprov.pipelines import dedicate, dedicatewords, switchdedicate, switchgroup
from vipprov.pipelines.dedicate import Dedication

WEB, PARTNER = Plugged(name="web-1", is_on=True), Plugged(name="web-2", is_on=True)
OTHER = Plugged(name="db-1", is_on=True)


class DiedError(Exception):
    """The process is no more: whatever it still tries, it cannot."""


class Mortal(FakeSwitchGroups):
    """Port groups as a process has them that is killed before its n-th change."""

    def __init__(self, world: FakeSwitchGroups, *, lives: int) -> None:
        super().__init__(())
        self.groups, self.log, self.lives = world.groups, world.log, lives

    def write(self, group: SwitchGroup, own: OwnPolicy) -> None:
        self._live()
        super().write(group, own)

    def remember(self, group: SwitchGroup, record: Record | None) -> None:
        self._live()
        super().remember(group, record)

    def clone(self, source: SwitchGroup, name: str) -> None:
        self._live()
        super().clone(source, name)

    def move(self, machine: str, source: SwitchGroup, target: SwitchGroup) -> None:
        self._live()
        super().move(machine, source, target)

    def remove(self, group: SwitchGroup) -> None:
        self._live()
        super().remove(group)

    def _live(self) -> None:
        self.lives -= 1
        if self.lives < 0:
            raise DiedError


def crowd() -> FakeSwitchGroups:
    return FakeSwitchGroups([distributed(machines=(WEB, PARTNER, OTHER))])


def hosts() -> FakeSwitchGroups:
    return FakeSwitchGroups([standard(machines=(WEB, PARTNER, OTHER)), standard(host="esx2")])


def planned(groups: FakeSwitchGroups, machine: str = "web-1") -> Dedication:
    return dedicate.plan(groups.all(), machine)


def permitted(groups: FakeSwitchGroups, machine: str = "web-1") -> None:
    switchdedicate.permit(groups, planned(groups, machine), mac_changes=False)


def restored(groups: FakeSwitchGroups, name: str = "web-1") -> None:
    meant = switchgroup.named(groups.all(), name)
    clones = dedicate.to_remove(groups.all(), meant)
    switchdedicate.restore(groups, clones, machine=meant.machine)


def test_plan_says_whom_it_reaches_and_who_stays() -> None:
    groups = crowd()
    first = planned(groups)
    assert (first.name, first.moves, first.others) == ("leaf1-vip", True, ())
    assert first.staying == ("db-1", "web-2")
    permitted(groups)
    second = planned(groups, "web-2")
    assert (second.moves, second.others, second.staying) == (True, ("web-1",), ("db-1",))
    assert "reached by that: web-2, web-1" in dedicatewords.plan_text(second)


@pytest.mark.parametrize("made", [crowd, hosts])
def test_what_was_made_is_taken_back_and_others_notice_nothing(made: object) -> None:
    groups = crowd() if made is crowd else hosts()
    before = dict(groups.groups)
    permitted(groups)
    permitted(groups, "web-2")
    (source, *_) = [one for one in groups.all() if not dedicate.is_dedicated(one)]
    assert source.own == before[source.key].own
    assert source.machines == (OTHER,)
    clones = [one for one in groups.all() if dedicate.is_dedicated(one)]
    assert {one.effective.forged_transmits for one in clones} == {ACCEPT}
    restored(groups)
    assert len(groups.groups) == 2 * len(before)
    restored(groups, "web-2")
    assert {key: replace(one, machines=()) for key, one in groups.groups.items()} == {
        key: replace(one, machines=()) for key, one in before.items()
    }


@pytest.mark.parametrize("made", [crowd, hosts])
@pytest.mark.parametrize("lives", range(12))
def test_run_that_is_killed_anywhere_is_gone_on_with_or_taken_back(
    made: object, lives: int
) -> None:
    groups = crowd() if made is crowd else hosts()
    before = dict(groups.groups)
    whole = crowd() if made is crowd else hosts()
    permitted(whole)
    killed(groups, lives=lives, permits=True)
    permitted(groups)
    assert groups.groups == whole.groups
    killed(groups, lives=lives, permits=False)
    restored(groups)
    assert {key: one.own for key, one in groups.groups.items()} == {
        key: one.own for key, one in before.items()
    }
    assert {one.name for one in groups.groups[next(iter(before))].machines} == {
        "web-1",
        "web-2",
        "db-1",
    }


def killed(groups: FakeSwitchGroups, *, lives: int, permits: bool) -> None:
    mortal = Mortal(groups, lives=lives)
    try:
        if permits:
            permitted(mortal)
        else:
            restored(mortal)
    except DiedError:
        pass


def test_machine_on_several_port_groups_must_say_which_it_leaves() -> None:
    groups = FakeSwitchGroups([distributed(machines=(WEB,)), distributed("leaf2", machines=(WEB,))])
    with pytest.raises(SpecError, match="on 2 port groups"):
        planned(groups)
    plan = dedicate.plan(groups.all(), "web-1", source="leaf2", name="own")
    assert (plan.name, plan.clones[0].source.name) == ("own", "leaf2")
    with pytest.raises(MissingError, match="not on leaf9"):
        dedicate.plan(groups.all(), "web-1", source="leaf9")


def test_port_group_of_somebody_else_is_not_taken_for_a_clone() -> None:
    theirs = replace(distributed("leaf1-vip", machines=(OTHER,)), record=None)
    groups = FakeSwitchGroups([distributed(machines=(WEB,)), theirs])
    with pytest.raises(SpecError, match="no clone of leaf1"):
        planned(groups)


def test_port_group_cannot_be_dedicated_to_a_port_group() -> None:
    with pytest.raises(MissingError) as raised:
        planned(crowd(), "leaf1")
    assert "name that, and not a port group" in raised.value.hint


def test_clone_that_somebody_changed_is_not_removed_and_nobody_is_moved() -> None:
    groups = crowd()
    permitted(groups)
    groups.change("dvportgroup-leaf1-vip", OwnPolicy(promiscuous=ACCEPT))
    with pytest.raises(CheckFailedError, match="somebody else"):
        restored(groups)
    assert groups.groups["dvportgroup-leaf1-vip"].machines == (WEB,)
