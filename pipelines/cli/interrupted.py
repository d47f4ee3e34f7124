"""A polite request to end (Ctrl-C, SIGTERM, SIGHUP) undoes what was begun, and is made once."""

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

KINDS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class Interrupted(BaseException):
    """Somebody asked the command to end. No error, so that nothing on the way takes it for one.

    KeyboardInterrupt will not do: typer makes an exit of it before we can say a word.
    """


def _interrupt(_signal: int, _frame: FrameType | None) -> None:
    # What is undone now must not be cut short by a second, impatient request.
    for kind in KINDS:
        signal.signal(kind, signal.SIG_IGN)
    raise Interrupted


@contextmanager
def interruptible() -> Iterator[None]:
    """Raise Interrupted in the block at the first signal that asks the process to end."""
    before = {kind: signal.signal(kind, _interrupt) for kind in KINDS}
    try:
        yield
    finally:
        for kind, handler in before.items():
            signal.signal(kind, handler)
