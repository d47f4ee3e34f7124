"""Journals tell when guests became MASTER, and so when the virtual MAC moved."""

from datetime import UTC, datetime, timedelta

from vipprov.guest import journal

TEXT = """\
1732561111.100000 web-1 Keepalived_vrrp[77]: (web) Entering BACKUP STATE (init)
1732561115.250000 web-1 Keepalived_vrrp[77]: (web) Entering MASTER STATE
1732561115.260000 web-1 Keepalived_vrrp[77]: (web-v6) Entering MASTER STATE
"""
START = datetime(2026, 1, 1, tzinfo=UTC)


def after(*seconds: float) -> tuple[datetime, ...]:
    return tuple(START + timedelta(seconds=one) for one in seconds)


def test_only_the_named_instance_counts_and_only_as_master() -> None:
    moment = datetime.fromtimestamp(1732561115.25, UTC)
    assert journal.masters(TEXT, instance="web") == (moment,)


def test_the_first_master_moves_nothing_and_each_other_guest_after_it_does() -> None:
    entries = {"web-1": after(0, 20, 30), "web-2": after(10)}
    assert journal.moves(entries) == after(10, 20)


def test_a_move_that_was_noted_and_is_told_by_a_journal_counts_once() -> None:
    assert journal.merged(after(100), after(103.5)) == after(100)


def test_moves_that_nobody_noted_are_added() -> None:
    assert journal.merged(after(100), after(50, 103, 300)) == after(50, 100, 300)


def test_two_moves_told_need_two_that_were_noted() -> None:
    assert journal.merged(after(100), after(101, 102)) == after(100, 102)
