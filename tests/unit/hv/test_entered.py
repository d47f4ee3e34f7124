import signal
import threading
import time
from threading import Timer
from types import FrameType

import pytest

from vipprov.guest.deadline import Deadline, SystemClock
from vipprov.guest.errors import DeadlineError
from vipprov.hv import entered

pytestmark = pytest.mark.real

LARGE = bytes(1 << 20)


def soon(seconds: float = 30) -> Deadline:
    return Deadline.after(seconds, clock=SystemClock())


def test_command_is_given_all_of_its_input_however_long_it_takes_to_read_it() -> None:
    slow = ("sh", "-c", "sleep 0.5; cat")
    assert entered.completed("web-1", slow, by=soon(), stdin=LARGE).stdout == LARGE


def test_command_ends_with_all_that_it_has_started_once_its_deadline_is_cancelled() -> None:
    by = soon()
    timer = Timer(0.2, by.cancel)
    timer.start()
    began = time.monotonic()
    with pytest.raises(DeadlineError, match="web-1"):
        entered.completed("web-1", ("sh", "-c", "sleep 29 & sleep 29"), by=by, stdin=b"")
    assert time.monotonic() < began + 10
    timer.join()


def test_command_has_no_more_time_than_is_left() -> None:
    with pytest.raises(DeadlineError):
        entered.completed("web-1", ("sleep", "29"), by=soon(0.1), stdin=b"")


class Interrupted(BaseException):
    """Somebody asked the command to end."""


def test_command_ends_with_all_that_it_has_started_when_it_is_interrupted() -> None:
    def interrupt(_signal: int, _frame: FrameType | None) -> None:
        raise Interrupted

    before = signal.signal(signal.SIGUSR1, interrupt)
    main = threading.main_thread().ident or 0
    timer = Timer(0.2, signal.pthread_kill, (main, signal.SIGUSR1))
    timer.start()
    began = time.monotonic()
    try:
        with pytest.raises(Interrupted):
            entered.completed("web-1", ("sh", "-c", "sleep 29 & sleep 29"), by=soon(), stdin=b"")
    finally:
        signal.signal(signal.SIGUSR1, before)
        timer.join()
    assert time.monotonic() < began + 10
