"""Records of port groups come back as they were written, are short, and guard other's changes."""

from dataclasses import replace

import pytest
from hypothesis import given

from switchgroups import ACCEPT, INHERITED, LEARNS, distributed, records
from vipprov.guest.errors import CheckFailedError, HypervisorError, SpecError
from vipprov.hv import switchrecord
from vipprov.hv.switchgroup import OwnPolicy, Record

OPENED = OwnPolicy(forged_transmits=ACCEPT, learning=LEARNS)


@given(records)
def test_record_comes_back_as_it_was_written_and_fits_a_custom_attribute(record: Record) -> None:
    text = switchrecord.dump(record)
    assert switchrecord.load(text) == record
    assert len(text) <= switchrecord.LONGEST


def test_long_reason_is_cut_and_nothing_else() -> None:
    record = Record(before=INHERITED, opened=OPENED, reason="for " + "x" * 500)
    found = switchrecord.load(switchrecord.dump(record))
    assert (found.before, found.opened) == (INHERITED, OPENED)
    assert len(switchrecord.dump(record)) == switchrecord.LONGEST


def test_name_that_leaves_no_room_is_refused() -> None:
    record = Record(before=INHERITED, opened=OPENED, source=" " * 80)
    with pytest.raises(SpecError, match="too long"):
        switchrecord.dump(record)


@pytest.mark.parametrize("text", ["", "2 aaa aaa", "1 aaa", "1 axa aaa", "hello", "1 aaa/zz1D aaa"])
def test_text_that_is_no_record_is_an_error_that_shows_it(text: str) -> None:
    with pytest.raises(HypervisorError) as raised:
        switchrecord.load(text)
    assert repr(text) in raised.value.details


def test_second_opening_keeps_what_was_there_before_the_first() -> None:
    first = Record(before=INHERITED, opened=OPENED)
    group = distributed(own=OPENED, record=first)
    again = switchrecord.begun(group, replace(OPENED, mac_changes=ACCEPT), reason="for db-1")
    assert again.before == INHERITED
    assert again.opened.mac_changes is ACCEPT


def test_what_somebody_else_changed_is_refused_with_three_versions() -> None:
    record = Record(before=INHERITED, opened=OPENED)
    group = distributed(own=replace(OPENED, promiscuous=ACCEPT), record=record)
    with pytest.raises(CheckFailedError) as refused:
        switchrecord.require_unchanged(group, record)
    lines = refused.value.details.splitlines()
    assert [line.partition(":")[0] for line in lines] == ["before", "as we left it", "now"]


@pytest.mark.parametrize("own", [INHERITED, OPENED])
def test_policy_as_it_was_or_as_we_left_it_may_be_put_back(own: OwnPolicy) -> None:
    record = Record(before=INHERITED, opened=OPENED)
    switchrecord.require_unchanged(distributed(own=own, record=record), record)
