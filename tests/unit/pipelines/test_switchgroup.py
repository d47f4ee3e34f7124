"""Opening and giving back port groups: what is remembered, what is refused, and other people."""

from dataclasses import replace

import pytest
from hypothesis import given

from fakes.switchgroups import FakeSwitchGroups
from switchgroups import ACCEPT, INHERITED, LEARNS, distributed, managed_policies, standard
from vipprov.guest.errors import CheckFailedError, HypervisorError, MissingError, SpecError
from vipprov.hv.switchgroup import HostCheck, OwnPolicy, Plugged, StaleError
from vipprov.hv.switchplan import Least
from vipprov.pipelines import switchchange, switchgroup
from vipprov.pipelines.switchchange import TRIES
from vipprov.pipelines.switchgroup import Change

WEB = Plugged(name="web-1", is_on=True)


def opened(groups: FakeSwitchGroups, name: str) -> None:
    meant = switchgroup.named(groups.all(), name)
    for change in switchgroup.to_permit(meant, Least()):
        switchchange.permit(groups, change, Least(), reason="for web-1")


def given_back(groups: FakeSwitchGroups, name: str) -> None:
    for change in switchgroup.to_restore(switchgroup.named(groups.all(), name)):
        switchchange.restore(groups, change)


@given(managed_policies)
def test_what_was_opened_is_given_back_field_by_field(own: OwnPolicy) -> None:
    groups = FakeSwitchGroups([distributed()])
    groups.change("dvportgroup-leaf1", own)
    opened(groups, "leaf1")
    opened(groups, "leaf1")
    given_back(groups, "leaf1")
    (after,) = groups.all()
    assert (after.own, after.record) == (own, None)


def test_record_is_kept_before_the_policy_is_touched_and_forgotten_after() -> None:
    groups = FakeSwitchGroups([distributed()])
    opened(groups, "leaf1")
    given_back(groups, "leaf1")
    assert [line.split()[0] for line in groups.log] == ["remember", "write", "write", "forget"]


def test_run_that_was_killed_between_record_and_change_is_gone_on_with() -> None:
    groups = FakeSwitchGroups([distributed()])
    opened(groups, "leaf1")
    groups.change("dvportgroup-leaf1", INHERITED)
    opened(groups, "leaf1")
    assert groups.all()[0].own.learning == LEARNS
    groups.change("dvportgroup-leaf1", INHERITED)
    given_back(groups, "leaf1")
    assert groups.all()[0].record is None


def test_restore_refuses_what_somebody_else_changed_meanwhile() -> None:
    groups = FakeSwitchGroups([distributed()])
    opened(groups, "leaf1")
    theirs = replace(groups.all()[0].own, promiscuous=ACCEPT)
    groups.change("dvportgroup-leaf1", theirs)
    with pytest.raises(CheckFailedError):
        given_back(groups, "leaf1")
    assert groups.all()[0].own == theirs


def test_change_of_somebody_else_right_before_ours_is_read_and_decided_upon_again() -> None:
    groups = FakeSwitchGroups([distributed()])
    theirs = OwnPolicy(
        promiscuous=ACCEPT, mac_changes=ACCEPT, forged_transmits=ACCEPT, learning=LEARNS
    )

    def once() -> None:
        groups.before_write = lambda: None
        groups.change("dvportgroup-leaf1", theirs)

    groups.before_write = once
    with pytest.raises(CheckFailedError, match="somebody else changed"):
        opened(groups, "leaf1")
    assert groups.all()[0].own == theirs


def test_conflict_without_a_change_of_the_policy_is_tried_again_but_not_for_ever() -> None:
    groups = FakeSwitchGroups([distributed()])
    attempts: list[int] = []

    def bumped() -> None:
        attempts.append(1)
        groups.change("dvportgroup-leaf1", INHERITED)

    groups.before_write = bumped
    with pytest.raises(StaleError):
        opened(groups, "leaf1")
    assert len(attempts) == TRIES


def test_failure_takes_back_what_was_opened_before_it() -> None:
    groups = FakeSwitchGroups([standard(host="esx1"), standard(host="esx2")])
    before = groups.all()
    writes: list[int] = []

    def second_fails() -> None:
        writes.append(1)
        if len(writes) == 2:
            raise HypervisorError("The host refuses.")

    groups.before_write = second_fails
    changes = switchgroup.to_permit(switchgroup.named(before, "app"), Least())
    with pytest.raises(HypervisorError, match="refuses") as raised:
        switchchange.permit_all(groups, changes, Least(), reason="for web-1")
    assert [group.own for group in groups.all()] == [group.own for group in before]
    assert [group.record is None for group in groups.all()] == [True, False]
    assert "the record stays" in raised.value.__notes__[0]


def test_failure_leaves_what_an_earlier_run_opened() -> None:
    groups = FakeSwitchGroups([distributed()])
    opened(groups, "leaf1")
    (before,) = groups.all()

    def fails() -> None:
        groups.before_write = lambda: None
        raise HypervisorError("It refuses.")

    groups.before_write = fails
    changes = switchgroup.to_permit(switchgroup.named([before], "leaf1"), Least(mac_changes=True))
    with pytest.raises(HypervisorError):
        switchchange.permit_all(groups, changes, Least(mac_changes=True), reason="for db-1")
    (after,) = groups.all()
    assert (after.own, after.record) == (before.own, before.record)


def test_one_name_stands_for_the_port_groups_of_all_hosts_or_of_the_one_that_is_named() -> None:
    groups = FakeSwitchGroups([standard(host="esx1"), standard(host="esx2")])
    assert len(switchgroup.named(groups.all(), "app").groups) == 2
    (one,) = switchgroup.named(groups.all(), "app", host="esx2").groups
    assert one.host == "esx2"


def test_machine_leads_to_its_port_group_and_to_several_only_by_name() -> None:
    one, two = distributed(machines=(WEB,)), standard(machines=(WEB,))
    assert switchgroup.named([one], "web-1").groups == (one,)
    with pytest.raises(SpecError, match="on 2 port groups"):
        switchgroup.to_permit(switchgroup.named([one, two], "web-1"), Least())


def test_machine_on_a_standard_port_group_means_those_of_all_hosts_that_it_may_move_to() -> None:
    one, two, other = (
        standard(host="esx1", machines=(WEB,)),
        standard(host="esx2"),
        standard("db", host="esx2"),
    )
    assert switchgroup.named([one, two, other], "web-1").groups == (one, two)
    assert switchgroup.named([one, two, other], "web-1", host="esx1").groups == (one,)


def test_hosts_on_which_a_promiscuous_machine_may_hear_itself_are_told() -> None:
    checks = [
        HostCheck(host="esx1", reverse_path_check=False),
        HostCheck(host="esx2", reverse_path_check=True),
        HostCheck(host="esx3", reverse_path_check=False),
    ]
    groups = [standard(host=check.host) for check in checks[:2]]
    changes = switchgroup.to_permit(switchgroup.named(groups, "app"), Least())
    assert switchgroup.echoing_hosts(changes, checks) == ("esx1",)
    learning = switchgroup.to_permit(switchgroup.named([distributed()], "leaf1"), Least())
    assert switchgroup.echoing_hosts(learning, checks) == ()


def test_name_that_nothing_has_is_missing() -> None:
    with pytest.raises(MissingError, match="nonesuch"):
        switchgroup.named([distributed()], "nonesuch")


def test_name_of_port_groups_on_several_distributed_switches_is_ambiguous() -> None:
    one = distributed()
    other = replace(one, key="dvportgroup-2", switch="DVS1")
    with pytest.raises(SpecError, match="several switches"):
        switchgroup.to_permit(switchgroup.named([one, other], "leaf1"), Least())
    assert switchgroup.named([one, other], "dvportgroup-2").groups == (other,)


def test_change_that_changes_nothing_says_so() -> None:
    assert not Change(group=distributed(), wanted=INHERITED).is_needed
