"""Work side by side ends before anybody goes on, however it ends."""

from threading import Event

import pytest

from fakes.clock import FakeClock
from vipprov.guest.deadline import Deadline
from vipprov.pipelines.sidebyside import each


def test_results_are_in_the_order_of_the_items() -> None:
    assert each((3, 1, 2), lambda number: number * 2) == (6, 2, 4)


def test_failure_is_raised_once_all_have_ended() -> None:
    ended: list[str] = []
    first_failed = Event()

    def work(name: str) -> None:
        if name == "first":
            first_failed.set()
            raise ValueError(name)
        assert first_failed.wait(10)
        ended.append(name)

    with pytest.raises(ValueError, match="first"):
        each(("first", "second"), work)
    assert ended == ["second"]


def test_cancelled_deadline_ends_all_parts_of_it() -> None:
    whole = Deadline.after(10, clock=FakeClock())
    part = whole.within(5)
    whole.cancel()
    assert part.remaining == whole.remaining == 0
