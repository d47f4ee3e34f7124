"""Small text files that people name to us."""

import os
import stat
from collections.abc import Callable
from pathlib import Path

from vipprov.guest.errors import SpecError


def read(path: Path, *, largest: int, check: Callable[[os.stat_result], None]) -> bytes:
    """Return what a regular file holds; `check` may refuse it by what the system says of it."""
    try:
        with open(path, "rb", opener=_without_waiting) as file:
            status = os.fstat(file.fileno())
            if not stat.S_ISREG(status.st_mode):
                raise SpecError(f"Cannot read {path}: it is not a regular file.")
            check(status)
            raw = file.read(largest + 1)
    except OSError as error:
        raise SpecError(f"Cannot read {path}: {error.strerror}.") from error
    except ValueError:
        raise SpecError(f"Cannot read {str(path)!r}: no file can have this name.") from None
    if len(raw) > largest:
        raise SpecError(f"{path} is larger than {largest // 1024} KiB.")
    return raw


def text(raw: bytes, source: str) -> str:
    """Return the octets as text, or say on which line of the source they are no UTF-8."""
    try:
        return raw.decode()
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        # The cause would carry the octets along, and they may be a secret.
        raise SpecError(f"{source}:{line}: This is not text in UTF-8.") from None


def _without_waiting(path: str, flags: int) -> int:
    # Opening a pipe that nobody writes to would otherwise hold us for ever.
    return os.open(path, flags | os.O_NONBLOCK)
