"""A port group is opened as little as a virtual MAC needs, and closed where it is open."""

from dataclasses import replace

import pytest

from switchgroups import (
    ACCEPT,
    CLOSED,
    INHERITED,
    LEARNS,
    OPEN,
    REJECT,
    distributed,
    standard,
)
from vipprov.guest.errors import SpecError
from vipprov.guest.pair import CustomPolicy
from vipprov.hv import switchplan
from vipprov.hv.switchgroup import GroupKind, Learning, OwnPolicy


def test_switch_that_learns_gets_learning_and_forged_transmits_and_says_the_rest_as_it_was() -> (
    None
):
    assert switchplan.least(distributed(), mac_changes=False) == OwnPolicy(
        promiscuous=REJECT, mac_changes=REJECT, forged_transmits=ACCEPT, learning=LEARNS
    )


def test_switch_that_cannot_learn_gets_promiscuous_mode_and_keeps_the_rest_inherited() -> None:
    assert switchplan.least(standard(), mac_changes=False) == OwnPolicy(
        promiscuous=ACCEPT, forged_transmits=ACCEPT
    )


def test_mac_changes_are_opened_on_request_only() -> None:
    assert switchplan.least(standard(), mac_changes=True).mac_changes is ACCEPT


def test_limits_of_learning_that_are_there_are_kept() -> None:
    few = replace(LEARNS, enabled=False, limit=16, unicast_flooding=False)
    own = OwnPolicy(promiscuous=REJECT, mac_changes=REJECT, forged_transmits=REJECT, learning=few)
    wanted = switchplan.least(distributed(own=own), mac_changes=False)
    assert wanted.learning == replace(few, enabled=True)


def test_port_group_that_is_open_enough_is_left_alone() -> None:
    group = distributed(effective=replace(CLOSED, forged_transmits=ACCEPT, learning=True))
    assert switchplan.least(group, mac_changes=False) is group.own
    assert switchplan.least(standard(effective=OPEN), mac_changes=True) == OwnPolicy()


def test_article_accepts_all_three_and_leaves_learning_as_it_is() -> None:
    assert switchplan.opened(distributed(), switchplan.ARTICLE) == OwnPolicy(
        promiscuous=ACCEPT,
        mac_changes=ACCEPT,
        forged_transmits=ACCEPT,
        learning=Learning(inherited=True),
    )
    assert switchplan.opened(standard(effective=OPEN), switchplan.ARTICLE) == OwnPolicy()


def test_settings_that_are_named_come_out_and_the_others_stay_inherited() -> None:
    group = standard(effective=replace(CLOSED, mac_changes=ACCEPT))
    policy = CustomPolicy(promiscuous=REJECT, mac_changes=REJECT)
    wanted = switchplan.opened(group, policy)
    assert wanted == OwnPolicy(mac_changes=REJECT)
    assert switchplan.closes(group, wanted)
    assert not switchplan.closes(group, switchplan.opened(group, switchplan.ARTICLE))


@pytest.mark.parametrize("kind", [GroupKind.UPLINK, GroupKind.NSX])
def test_uplinks_and_port_groups_of_nsx_take_no_policy_from_us(kind: GroupKind) -> None:
    with pytest.raises(SpecError, match="cannot be set from here"):
        switchplan.least(distributed(kind=kind), mac_changes=False)
    with pytest.raises(SpecError, match="cannot be set from here"):
        switchplan.closed(distributed(kind=kind))
    with pytest.raises(SpecError, match="cannot be set from here"):
        switchplan.opened(distributed(kind=kind), switchplan.ARTICLE)


def test_closing_rejects_what_is_accepted_and_leaves_inherited_rejects_inherited() -> None:
    group = standard(effective=replace(CLOSED, forged_transmits=ACCEPT))
    assert switchplan.closed(group) == OwnPolicy(forged_transmits=REJECT)


def test_closing_turns_learning_off() -> None:
    own = OwnPolicy(
        promiscuous=REJECT, mac_changes=REJECT, forged_transmits=REJECT, learning=LEARNS
    )
    closed = switchplan.closed(distributed(own=own, effective=replace(CLOSED, learning=True)))
    assert closed.learning == replace(LEARNS, enabled=False)


def test_closed_port_group_is_left_alone() -> None:
    assert switchplan.closed(distributed()) is INHERITED


def test_learning_that_is_inherited_stays_so_where_it_is_off() -> None:
    own = OwnPolicy(
        promiscuous=ACCEPT,
        mac_changes=REJECT,
        forged_transmits=REJECT,
        learning=Learning(inherited=True),
    )
    group = distributed(own=own, effective=replace(CLOSED, promiscuous=ACCEPT))
    assert switchplan.closed(group) == replace(own, promiscuous=REJECT)
