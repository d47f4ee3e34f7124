"""The bytes of a pair file, and whether they are text that YAML can be read from."""

import re
from itertools import islice
from pathlib import Path

from vipprov.guest import regularfile
from vipprov.guest.errors import SpecError
from vipprov.guest.pairfile.mistake import Mistake, Position, escaped
from vipprov.guest.regularfile import UnreadableError

LARGEST = 256 * 1024
MOST_UNFIT = 20

# What YAML calls not printable, and the three that YAML 1.1 takes for line breaks and 1.2 does not:
# with them a file would have other lines for us than for the editor.
_UNFIT = re.compile(
    "[^\t\n\r\x20-\x7e\xa0-\u2027\u202a-\ud7ff\ue000-\ufefe\uff00-\ufffd\U00010000-\U0010ffff]"
)
_UTF16 = (b"\xff\xfe", b"\xfe\xff")


def read(path: Path) -> bytes:
    """Return what the file holds; one byte too many of a file that is too large."""
    try:
        return regularfile.read(path, at_most=LARGEST + 1)
    except UnreadableError as error:
        raise SpecError(
            f"Cannot read the pair file {escaped(str(path))}: {error}.",
            hint="Name a file in YAML, such as examples/pair.yaml.",
        ) from error


def faults(data: bytes) -> tuple[Mistake, ...]:
    """Return why these bytes cannot be a pair file."""
    if len(data) > LARGEST:
        return (_mistake("", "the file is larger than 256 KiB", "Write one pair in one file"),)
    if data.startswith(_UTF16):
        return (_mistake("", "the file is UTF-16", "Save it as UTF-8"),)
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        before = data[: error.start].decode("utf-8-sig")
        return (_mistake(before, "this is not UTF-8 text", "Save the file as UTF-8"),)
    if not text.strip():
        return (_mistake("", "the file is empty", "Begin from examples/pair.yaml"),)
    return tuple(
        _mistake(
            text[: found.start()],
            f"the character U+{ord(found.group()):04X} may not stand in YAML text",
            'Take it out, or write it as an escape in double quotes: "\\u…"',
        )
        for found in islice(_UNFIT.finditer(text), MOST_UNFIT)
    )


def _mistake(before: str, what: str, instead: str) -> Mistake:
    lines = re.split("\r\n|\r|\n", before)
    return Mistake(
        at=Position(len(lines), len(lines[-1]) + 1), trail=(), what=what, instead=instead
    )
