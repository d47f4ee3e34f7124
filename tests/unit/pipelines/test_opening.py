"""What a pair's policy makes of its port group."""

from dataclasses import replace

import pytest

from factories import make_vip
from sharedgroup import DB, LEAF, WEB, Stage, pair
from switchgroups import ACCEPT, CLOSED, INHERITED, REJECT, distributed
from vipprov.guest.errors import SpecError
from vipprov.guest.pair import CustomPolicy, Pair, PolicyMode
from vipprov.hv.switchgroup import OwnPolicy, Plugged
from vipprov.hv.switchplan import Least
from vipprov.pipelines import need, switchchange, switchgroup


def test_policy_of_the_article_sets_all_three() -> None:
    stage = Stage()
    stage.create(pair(policy=PolicyMode.ARTICLE))
    own = stage.leaf.own
    assert (own.promiscuous, own.mac_changes, own.forged_transmits) == (ACCEPT, ACCEPT, ACCEPT)
    stage.destroy(WEB)
    assert stage.leaf.own == INHERITED


def test_settings_by_name_are_set_and_the_others_stay() -> None:
    own = OwnPolicy(promiscuous=REJECT, mac_changes=ACCEPT, forged_transmits=REJECT)
    effective = replace(CLOSED, mac_changes=ACCEPT)
    stage = Stage(replace(distributed(own=own, effective=effective), can_learn=False))
    wanted = CustomPolicy(promiscuous=ACCEPT, mac_changes=REJECT)
    stage.create(pair(policy=wanted))
    assert stage.leaf.own == replace(own, promiscuous=ACCEPT, mac_changes=REJECT)
    assert need.needed(pair(policy=wanted), stage.switches) == ()
    stage.destroy(WEB)
    assert stage.leaf.own == own


def test_second_pair_may_open_wider_and_the_last_gives_back_what_was_before_the_first() -> None:
    stage = Stage()
    stage.create(WEB)
    stage.create(pair("db", policy=PolicyMode.ARTICLE))
    assert stage.leaf.own.mac_changes is ACCEPT
    stage.destroy(DB)
    stage.destroy(WEB)
    assert (stage.leaf.own, stage.leaf.record) == (INHERITED, None)


def test_policy_that_would_close_the_port_group_of_another_pair_is_refused() -> None:
    closing = pair(policy=CustomPolicy(forged_transmits=REJECT))
    stage = Stage()
    stage.create(DB)
    there = replace(stage.leaf, machines=(Plugged(name="db-1", is_on=True, pair="db"),))
    stage.switches.groups[LEAF] = there
    with pytest.raises(SpecError, match="serves db as well"):
        need.needed(closing, stage.switches)


def test_what_permit_opened_is_not_opened_otherwise() -> None:
    stage = Stage()
    meant = switchgroup.named(stage.switches.all(), "leaf1")
    for change in switchgroup.to_permit(meant, Least()):
        switchchange.permit(stage.switches, change, Least(), reason="for web-1")
    assert need.needed(WEB, stage.switches) == ()
    with pytest.raises(SpecError, match="opened by `portgroup permit`"):
        need.needed(pair(policy=PolicyMode.ARTICLE), stage.switches)


@pytest.mark.parametrize(
    "alone",
    [pair(policy=PolicyMode.UNCHANGED), replace(WEB, vip=make_vip(vmac=False))],
    ids=["unchanged", "no virtual MAC"],
)
def test_policy_that_asks_for_nothing_opens_nothing(alone: Pair) -> None:
    stage = Stage()
    stage.create(alone)
    assert stage.leaf.own == INHERITED
