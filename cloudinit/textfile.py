"""Small text files that people name to us."""

import os
from collections.abc import Callable
from pathlib import Path

from vipprov.guest import regularfile
from vipprov.guest.errors import SpecError
from vipprov.guest.pairfile.mistake import escaped
from vipprov.guest.regularfile import UnreadableError


def read(
    path: Path, *, largest: int, check: Callable[[os.stat_result], None], hint: str = ""
) -> bytes:
    """Return what a regular file holds; `check` may refuse it by what the system says of it.

    `hint` says what to do about a file that cannot be read.
    """
    try:
        raw = regularfile.read(path, at_most=largest + 1, check=check)
    except UnreadableError as error:
        raise SpecError(f"Cannot read {escaped(str(path))}: {error}.", hint=hint) from error
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
