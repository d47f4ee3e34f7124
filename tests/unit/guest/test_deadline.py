"""Waiting ends at a moment, however long each look takes."""

import pytest

from fakes.clock import FakeClock
from vipprov.guest.deadline import Deadline
from vipprov.guest.errors import DeadlineError


def test_poll_gives_up_at_the_deadline() -> None:
    clock = FakeClock()
    with pytest.raises(DeadlineError, match="Gave up waiting for the moon"):
        Deadline.after(3.5, clock=clock).poll(lambda: None, what="the moon", every=1)
    assert clock.time == 3.5


def test_time_that_a_look_takes_counts() -> None:
    clock = FakeClock()

    def slow() -> None:
        clock.time += 2

    with pytest.raises(DeadlineError):
        Deadline.after(3, clock=clock).poll(slow, what="the moon", every=1)
    assert clock.time == 5


def test_poll_returns_the_first_observation() -> None:
    clock = FakeClock()
    looks = iter([None, None, "seen"])
    assert Deadline.after(9, clock=clock).poll(lambda: next(looks), what="it", every=1) == "seen"
    assert clock.time == 2


def test_falsy_observation_is_an_observation() -> None:
    assert Deadline.after(9, clock=FakeClock()).poll(lambda: 0, what="it") == 0


def test_part_of_a_deadline_is_never_later_than_the_whole() -> None:
    whole = Deadline.after(3, clock=FakeClock())
    assert whole.within(1).remaining == 1
    assert whole.within(10).remaining == 3
