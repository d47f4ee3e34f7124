"""Probes and replies become gaps, losses, duplicates and late ones, whatever came of them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vipprov.guest.timeline import Gap, Shot, reception


def shots(*pairs: tuple[int, float]) -> tuple[Shot, ...]:
    return tuple(Shot(sequence=number, at=at) for number, at in pairs)


def every_ms(count: int) -> tuple[Shot, ...]:
    return shots(*((number, number / 1000) for number in range(count)))


def answered(sent: tuple[Shot, ...], *, lost: range = range(0)) -> tuple[Shot, ...]:
    return tuple(
        Shot(sequence=shot.sequence, at=shot.at + 0.0002)
        for shot in sent
        if shot.sequence not in lost
    )


def test_an_outage_lasts_from_the_first_lost_probe_to_the_next_that_is_answered() -> None:
    sent = every_ms(100)
    seen = reception(sent, answered(sent, lost=range(20, 60)), since=0, until=1)
    assert (seen.sent, seen.lost) == (100, 40)
    assert seen.gaps == (Gap(start=0.02, end=0.06, lost=40, reached=0.06 + 0.0002),)
    assert seen.outage == pytest.approx(0.04)


def test_a_gap_that_is_open_lasts_until_the_end() -> None:
    sent = every_ms(100)
    seen = reception(sent, answered(sent, lost=range(50, 100)), since=0, until=0.1)
    assert seen.worst is not None
    assert (seen.worst.end, seen.worst.reached) == (None, None)
    assert seen.outage == pytest.approx(0.05)


def test_the_longest_of_several_gaps_is_the_outage() -> None:
    sent = every_ms(30)
    replies = tuple(one for one in answered(sent) if one.sequence not in {3, 10, 11, 12, 20})
    seen = reception(sent, replies, since=0, until=1)
    assert [gap.lost for gap in seen.gaps] == [1, 3, 1]
    assert seen.outage == pytest.approx(0.003)


def test_a_second_reply_is_a_duplicate_and_loses_nothing() -> None:
    sent = every_ms(10)
    seen = reception(sent, (*answered(sent), *answered(sent)[:3]), since=0, until=1)
    assert (seen.lost, seen.duplicates, seen.late) == (0, 3, 0)


def test_a_reply_that_others_overtook_is_late() -> None:
    replies = shots((0, 0.001), (2, 0.003), (1, 0.004), (3, 0.005))
    seen = reception(every_ms(4), replies, since=0, until=1)
    assert (seen.lost, seen.late, seen.gaps) == (0, 1, ())


def test_probes_before_and_after_the_span_do_not_count() -> None:
    sent = every_ms(100)
    seen = reception(sent, answered(sent, lost=range(10)), since=0.01, until=0.05)
    assert (seen.sent, seen.lost) == (40, 0)


@given(st.lists(st.lists(st.floats(0, 0.5), max_size=3), max_size=60))
def test_every_probe_is_lost_or_answered_and_every_lost_one_lies_in_a_gap(
    delays: list[list[float]],
) -> None:
    sent = every_ms(len(delays))
    replies = [
        Shot(sequence=shot.sequence, at=shot.at + delay)
        for shot, some in zip(sent, delays, strict=True)
        for delay in some
    ]
    seen = reception(sent, replies, since=0, until=1)
    assert seen.sent == len(delays)
    assert seen.lost == sum(not some for some in delays) == sum(gap.lost for gap in seen.gaps)
    assert seen.duplicates == sum(max(0, len(some) - 1) for some in delays)
    assert seen.outage <= 1
    assert all(gap.end is None or gap.end > gap.start for gap in seen.gaps)
