"""Small files that people name to us: whatever else lies at a path, we neither wait nor read on."""

import os
import stat
from collections.abc import Callable
from pathlib import Path


class UnreadableError(Exception):
    """Half a sentence that says why the file cannot be read. Caught where it is made whole."""


def read(
    path: Path, *, at_most: int, check: Callable[[os.stat_result], None] = lambda _: None
) -> bytes:
    """Return the first bytes of a regular file; `check` may refuse it by what the system says."""
    try:
        with open(path, "rb", opener=_without_waiting) as file:
            status = os.fstat(file.fileno())
            if not stat.S_ISREG(status.st_mode):
                raise UnreadableError("it is not a regular file")
            check(status)
            return file.read(at_most)
    except OSError as error:
        words = error.strerror or type(error).__name__
        raise UnreadableError(words[:1].lower() + words[1:]) from error
    except ValueError as error:
        raise UnreadableError("no file can have this name") from error


def _without_waiting(path: str, flags: int) -> int:
    # Opening a pipe that nobody writes to would otherwise hold us for ever.
    return os.open(path, flags | os.O_NONBLOCK)
