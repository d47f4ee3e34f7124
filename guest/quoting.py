r"""Quote a command so that keepalived hands every argument over unchanged.

keepalived (2.2.7, tried with every byte) reads the value of `script` twice: the outer double quotes
are taken off and escapes are resolved, then the rest is split into arguments and escapes are
resolved once more. Comments (`#`, `!`), parameters (`$`) and sequences (`~`) are looked for before
both, quotes or no quotes. What could be mistaken for one of these is therefore written as a
doubly escaped octal number. Hexadecimal would not do: `\x20b` is read as 0x20b.
"""

import re
from collections.abc import Iterable

from vipprov.guest.errors import SpecError

PLAIN = re.compile(r"[A-Za-z0-9_%+=:,./-]+")
SAFE_IN_QUOTES = frozenset(
    b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_%+=:,./- *?()[]<>|&;^`"
)


def command(argv: Iterable[str]) -> str:
    """Return the value of a `script` line; SpecError for what no program can be given."""
    return '"' + " ".join(_argument(word) for word in argv) + '"'


def _argument(word: str) -> str:
    if "\0" in word:
        raise SpecError(f"No program can be given the argument {word!r}: it holds a NUL.")
    if PLAIN.fullmatch(word):
        return word
    encoded = word.encode("utf-8", "surrogateescape")
    return "'" + "".join(_byte(byte) for byte in encoded) + "'"


def _byte(byte: int) -> str:
    return chr(byte) if byte in SAFE_IN_QUOTES else f"\\\\{byte:03o}"
