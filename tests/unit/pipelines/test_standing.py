"""Who owns the addresses and who stands by, from what the guests say."""

from dataclasses import replace

import pytest

from factories import dual_stack_pair, make_pair
from observations import healthy_facts
from vipprov.guest.facts import Daemon, Facts, Role
from vipprov.guest.fault import Ending
from vipprov.pipelines.standing import judged

PAIR = make_pair()
FIRST, SECOND = (healthy_facts(PAIR, guest) for guest in PAIR.guests)


def said(facts: Facts, role: Role) -> Facts:
    return replace(facts, roles=tuple(replace(one, role=role) for one in facts.roles))


def test_one_owner_and_one_that_stands_by_are_healthy() -> None:
    seen = judged(PAIR, [(FIRST, ""), (SECOND, "")])
    assert (seen.owner, seen.complaints, seen.is_split) == ("web-1", (), False)
    assert seen.is_healthy
    assert seen.ending is Ending.ONE_OWNER


def test_two_owners_are_not() -> None:
    seen = judged(PAIR, [(FIRST, ""), (said(SECOND, Role.MASTER), "")])
    assert seen.ending is Ending.TWO_OWNERS
    assert not seen.is_healthy


def test_nobody_is_the_end_of_nothing() -> None:
    seen = judged(PAIR, [(said(FIRST, Role.BACKUP), ""), (SECOND, "")])
    assert seen.ending is None
    assert not seen.is_healthy


def test_an_owner_that_is_frozen_is_one_all_the_same() -> None:
    frozen = replace(FIRST, daemon=Daemon.FROZEN)
    seen = judged(PAIR, [(frozen, ""), (SECOND, "")])
    assert seen.owner == "web-1"
    assert not seen.is_healthy


@pytest.mark.parametrize("daemon", [Daemon.FROZEN, Daemon.ABSENT])
def test_a_backup_whose_keepalived_does_not_run_stands_by_for_nothing(daemon: Daemon) -> None:
    seen = judged(PAIR, [(FIRST, ""), (replace(SECOND, daemon=daemon), "")])
    assert not seen.is_healthy
    assert seen.complaints == (f"web-2: BACKUP, keepalived is {daemon.value}",)


def test_a_guest_that_cannot_be_asked_is_neither_and_says_why() -> None:
    seen = judged(PAIR, [(FIRST, ""), (None, "web-2: it is off")])
    assert seen.complaints == ("web-2: it is off",)
    assert not seen.is_healthy


def test_families_may_have_different_owners_in_good_health() -> None:
    pair = dual_stack_pair()
    first, second = (healthy_facts(pair, guest) for guest in pair.guests)
    (four, six), (four_too, six_too) = first.roles, second.roles
    one = replace(first, roles=(four, replace(six, role=Role.BACKUP)))
    other = replace(second, roles=(four_too, replace(six_too, role=Role.MASTER)))
    seen = judged(pair, [(one, ""), (other, "")])
    assert (seen.owner, seen.is_healthy, seen.is_split) == ("web-1", True, True)
