"""Pairs that come to a port group and go side by side: it is open for who stays, then closed."""

from dataclasses import replace

import pytest

from sharedgroup import DB, LEAF, WEB, Stage
from switchgroups import ACCEPT, INHERITED
from vipprov.guest.undo import Undo
from vipprov.pipelines import need, opening, switchchange, switchgroup


def test_last_pair_that_goes_gives_the_port_group_back() -> None:
    stage = Stage()
    stage.create(WEB)
    stage.create(DB)
    stage.destroy(WEB)
    assert stage.is_open
    stage.destroy(DB)
    assert (stage.leaf.own, stage.leaf.record) == (INHERITED, None)


def test_pair_that_comes_while_the_last_one_closes_finds_it_open() -> None:
    stage = Stage()
    stage.create(WEB)

    def comes() -> None:
        stage.switches.before_write = lambda: None
        stage.create(DB)  # it sees the port group open still

    stage.switches.before_write = comes
    stage.destroy(WEB)
    assert stage.is_open
    stage.destroy(DB)
    assert (stage.leaf.own, stage.leaf.record) == (INHERITED, None)


def test_pair_that_opened_it_again_before_the_last_one_forgot_it_keeps_the_record() -> None:
    stage = Stage()
    stage.create(WEB)
    stage.switches.amid = lambda: stage.create(DB)
    stage.destroy(WEB)
    assert stage.is_open
    stage.destroy(DB)
    assert (stage.leaf.own, stage.leaf.record) == (INHERITED, None)


ALONE = pytest.mark.parametrize("alone", [False, True], ids=["vCenter", "host alone"])


@ALONE
def test_two_pairs_that_go_at_once_leave_nothing_open(*, alone: bool) -> None:
    stage = Stage(alone=alone)
    stage.create(WEB)
    stage.create(DB)
    stage.machines.amid = lambda: stage.destroy(DB)  # each has seen the other there
    stage.destroy(WEB)
    assert (stage.leaf.own, stage.leaf.record) == (INHERITED, None)


@ALONE
def test_run_that_fails_on_a_port_group_that_another_opened_and_left_gives_it_back(
    *, alone: bool
) -> None:
    stage = Stage(alone=alone)
    stage.create(WEB)
    assert stage.fail(DB, amid=lambda: stage.destroy(WEB)) == ()
    assert (stage.leaf.own, stage.leaf.record) == (INHERITED, None)


def test_run_that_fails_while_another_pair_goes_leaves_nothing_open() -> None:
    stage = Stage()
    stage.create(WEB)
    stage.machines.amid = lambda: stage.destroy(WEB)
    assert stage.fail(DB) == ()
    assert (stage.leaf.own, stage.leaf.record) == (INHERITED, None)


def test_run_that_fails_leaves_open_what_another_pair_is_on() -> None:
    stage = Stage()
    stage.create(WEB)
    assert stage.fail(DB) == ()
    assert stage.is_open


def test_run_that_fails_on_a_pair_that_was_there_leaves_it_open() -> None:
    stage = Stage()
    stage.create(WEB)
    undo = Undo()
    opening.open_all(stage.hypervisor, WEB, undo, made=())
    assert undo.take_back() == ()
    assert stage.is_open


def test_port_group_that_was_closed_after_the_plan_is_opened_all_the_same() -> None:
    stage = Stage()
    stage.create(WEB)
    stage.settle(DB)
    assert need.needed(DB, stage.switches) == ()
    switchchange.restore(stage.switches, _to_restore(stage))
    stage.open(DB)
    assert stage.is_open


def _to_restore(stage: Stage) -> switchgroup.Change:
    (change,) = switchgroup.to_restore(switchgroup.named(stage.switches.all(), "leaf1"))
    return change


def test_what_somebody_else_changed_is_told_and_left_alone() -> None:
    stage = Stage()
    stage.create(WEB)
    theirs = replace(stage.leaf.own, promiscuous=ACCEPT)
    stage.switches.change(LEAF, theirs)
    done = stage.destroy(WEB)
    (told,) = done.kept
    assert "somebody else changed the policy" in told
    assert stage.leaf.own == theirs


def test_run_that_fails_says_what_somebody_else_has_changed_meanwhile() -> None:
    stage = Stage()

    def edit() -> None:
        stage.switches.change(LEAF, replace(stage.leaf.own, promiscuous=ACCEPT))

    (complaint,) = stage.fail(WEB, amid=edit)
    assert complaint.startswith("not undone: opening port groups: it stays as it is.")
    assert "somebody else changed the policy" in complaint
