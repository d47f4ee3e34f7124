"""Durations and sizes, always with their unit."""

import re
from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal

from vipprov.guest.pairfile.mistake import Mistaken, kind, shown

DURATION = r"[0-9]{1,9}(\.[0-9]{1,6})?(ms|s|m|h)"
SIZE = r"[0-9]{1,9}(MiB|GiB|TiB)"

MEBI = 1024**2

_MILLISECONDS = {"ms": 1, "s": 1000, "m": 60_000, "h": 3_600_000}
_BYTES = {"MiB": MEBI, "GiB": MEBI * 1024, "TiB": MEBI * 1024**2}


def duration(value: object) -> timedelta:
    """Return the duration that `100ms`, `1.5s`, `3m` or `1h` stands for."""
    match value:
        case int() | float() if not isinstance(value, bool):
            raise Mistaken(f"{value} has no unit", f"Write {value}s (or ms, m, h)")
        case str() if found := re.fullmatch(rf"({DURATION})", value):
            unit = found[3]
            exact = Decimal(value.removesuffix(unit)) * _MILLISECONDS[unit]
        case str():
            raise Mistaken(f"{shown(value)} is no duration", _duration_like(value))
        case _:
            raise Mistaken(f"must be a duration, not {kind(value)}", "Write 100ms, 1s, 3m or 1h")
    if exact != int(exact):
        raise Mistaken(f"{value} is finer than a millisecond", "Write whole milliseconds: 100ms")
    return timedelta(milliseconds=int(exact))


def whole_seconds(least: int, most: int) -> Callable[[object], timedelta]:
    """Return a parser of durations of that many whole seconds."""

    def parse(value: object) -> timedelta:
        parsed = duration(value)
        if parsed % timedelta(seconds=1):
            raise Mistaken(f"{value} is not a whole number of seconds", f"Write {_rounded(parsed)}")
        if not least <= parsed.total_seconds() <= most:
            what = f"{value} is outside {least}s..{most}s"
            raise Mistaken(what, f"Write a duration from {least}s to {most}s")
        return parsed

    return parse


def size(least: int, most: int) -> Callable[[object], int]:
    """Return a parser of sizes from `least` to `most` bytes."""

    def parse(value: object) -> int:
        number = _bytes(value)
        if not least <= number <= most:
            what = f"{value} is outside {size_text(least)}..{size_text(most)}"
            raise Mistaken(what, f"Write a size from {size_text(least)} to {size_text(most)}")
        return number

    return parse


def duration_text(value: timedelta) -> str:
    """Return the duration as one would write it in the file."""
    milliseconds = value // timedelta(milliseconds=1)
    return f"{milliseconds}ms" if milliseconds % 1000 else f"{milliseconds // 1000}s"


def size_text(number: int) -> str:
    """Return the size in the largest unit that leaves it whole."""
    unit = next(unit for unit in reversed(_BYTES) if number % _BYTES[unit] == 0)
    return f"{number // _BYTES[unit]}{unit}"


def _bytes(value: object) -> int:
    match value:
        case int() | float() if not isinstance(value, bool):
            raise Mistaken(f"{value} has no unit", f"Write {value}MiB or {value}GiB")
        case str() if found := re.fullmatch(r"([0-9]{1,9})(MiB|GiB|TiB)", value):
            return int(found[1]) * _BYTES[found[2]]
        case str():
            raise Mistaken(f"{shown(value)} is no size", _size_like(value))
        case _:
            raise Mistaken(f"must be a size, not {kind(value)}", "Write 512MiB or 4GiB")


def _duration_like(text: str) -> str:
    words = {"sec": "s", "second": "s", "min": "m", "minute": "m", "hour": "h", "msec": "ms"}
    if re.fullmatch(r"[0-9]{1,9}", text):
        return f"Write {text}s (or ms, m, h)"
    if found := re.fullmatch(r"([0-9]{1,9}) ?([a-z]+?)s?", text.lower()):
        unit = words.get(found[2], found[2] or "s")
        if unit in _MILLISECONDS:
            return f"Write {found[1]}{unit}"
    return "Write 100ms, 1s, 3m or 1h"


def _size_like(text: str) -> str:
    if found := re.fullmatch(r"([0-9]{1,9}) ?([mgt])i?b?", text.lower()):
        return f"Write {found[1]}{found[2].upper()}iB"
    return "Write 512MiB or 4GiB"


def _rounded(value: timedelta) -> str:
    return f"{max(1, round(value.total_seconds()))}s"
