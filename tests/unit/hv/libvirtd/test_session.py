"""A libvirt that hangs holds nobody for longer than the command may take."""

from collections.abc import Callable, Iterator
from threading import Event

import pytest

from fakes.clock import FakeClock
from vipprov.guest.deadline import Deadline, SystemClock
from vipprov.guest.errors import DeadlineError, GuestError
from vipprov.hv.libvirtd.session import Session

URI = "test:///default"


@pytest.fixture
def hang() -> Iterator[Callable[[], bool]]:
    """Return a call that does not come back while the test goes on."""
    over = Event()
    yield over.wait
    over.set()


def soon(seconds: float) -> Deadline:
    return Deadline.after(seconds, clock=SystemClock())


def test_call_that_does_not_come_back_ends_after_its_time(hang: Callable[[], bool]) -> None:
    with (
        Session(URI, call_seconds=0.2) as opened,
        pytest.raises(DeadlineError, match=r"within 0\.2 s"),
    ):
        opened.call("wait for ever", hang)


def test_call_may_have_a_patience_of_its_own(hang: Callable[[], bool]) -> None:
    with (
        Session(URI) as opened,
        pytest.raises(DeadlineError, match=r"within 0\.1 s"),
    ):
        opened.call("wait for ever", hang, seconds=0.1)


def test_no_call_outlives_the_deadline_of_the_command(hang: Callable[[], bool]) -> None:
    by = soon(0.3)
    with Session(URI, by=by) as opened, pytest.raises(DeadlineError):
        opened.call("wait for ever", hang)
    assert -0.2 < by.at - by.clock.now() <= 0


def test_what_tidies_up_after_the_deadline_has_a_short_time_of_its_own() -> None:
    by = Deadline.after(0, clock=FakeClock())
    with Session(URI, by=by) as opened:
        assert opened.call("count", opened.connection.numOfDomains) == 1


def test_request_to_end_gives_calls_that_time_too() -> None:
    by = soon(3600)
    with Session(URI, by=by) as opened:
        by.cancel()
        assert opened.call("count", opened.connection.numOfDomains) == 1


def test_connection_that_cannot_be_left_does_not_hide_why_the_block_failed(
    hang: Callable[[], bool],
) -> None:
    def work() -> None:
        with Session(URI, call_seconds=0.2) as opened:
            opened.connection = Endless(opened.connection, hang)
            raise GuestError("It died.")

    with pytest.raises(GuestError):
        work()


class Endless:
    """A connection that never closes."""

    def __init__(self, kept: object, close: Callable[[], bool]) -> None:
        self.kept = kept
        self.close = close
