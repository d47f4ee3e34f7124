"""Mistakes in a pair file: where, what is wrong, and what to write instead."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from vipprov.guest.errors import SpecError

HINT = "`vipprov schema` describes every key."
MOST_SHOWN = 200
LONGEST_SHOWN = 60

Trail = tuple[str | int, ...]
"""The way from the top of the file to a value: keys, and places in lists."""


@dataclass(frozen=True, slots=True, order=True)
class Position:
    """A place in the text, counted from one."""

    line: int
    column: int


class Mistaken(ValueError):  # noqa: N818  raised and caught inside this package, shown by nobody
    """A value that cannot stand: what is wrong with it, and what to write instead."""

    def __init__(self, what: str, instead: str) -> None:
        super().__init__(what)
        self.what = what
        self.instead = instead


@dataclass(frozen=True, slots=True, kw_only=True)
class Complaint:
    """A mistake by its trail; `on_key` points at the key rather than at its value.

    `line` is the number of a line in a text of several lines, from zero.
    """

    trail: Trail
    what: str
    instead: str
    on_key: bool = False
    line: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Mistake:
    """A mistake by its place in the text."""

    at: Position
    trail: Trail
    what: str
    instead: str


def used_twice(found: Iterable[tuple[object, Trail]], *, instead: str) -> Iterator[Complaint]:
    """Complain of whatever is there a second time, and say where it was first."""
    first: dict[object, Trail] = {}
    for value, trail in found:
        if value in first:
            what = f"{value} is used twice, first at {written(first[value])}"
            yield Complaint(trail=trail, what=what, instead=instead)
        first.setdefault(value, trail)


def refuse(path: Path, mistakes: Sequence[Mistake], *, hint: str = HINT) -> None:
    """Raise one error with all the mistakes in the order of the file; nothing if there are none."""
    if not mistakes:
        return
    name = escaped(str(path))
    lines = sorted({(mistake.at, _line(name, mistake)) for mistake in mistakes})
    shown = [line for _, line in lines[:MOST_SHOWN]]
    if len(lines) > MOST_SHOWN:
        shown.append(f"{name}: and {len(lines) - MOST_SHOWN} more.")
    raise SpecError(
        f"{len(lines)} {'mistake' if len(lines) == 1 else 'mistakes'} in {name}.",
        details="\n".join(shown),
        hint=hint,
    )


def escaped(text: str, *, longest: int | None = None) -> str:
    """Return the text safe for a terminal: nothing in it moves the cursor or hides a character."""
    cut = text if longest is None else text[:longest]
    safe = "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in cut)
    return safe if len(cut) == len(text) else f"{safe}…"


def shown(value: object) -> str:
    """Return the value as a person would point at it."""
    match value:
        case str():
            return f"'{escaped(value, longest=LONGEST_SHOWN)}'"
        case bool() | None | list() | dict():
            return kind(value)
        case _:
            return str(value)


def kind(value: object) -> str:
    """Return what sort of value this is, in words."""
    match value:
        case None:
            return "nothing"
        case bool():
            return "true" if value else "false"
        case int() | float():
            return f"the number {value}"
        case str():
            return "text"
        case list():
            return "a list"
        case _:
            return "a mapping"


def written(trail: Trail) -> str:
    """Return the trail as one would say it: guests[0].addresses[1]."""
    words = ""
    for step in trail:
        match step:
            case int():
                words += f"[{step}]"
            case str():
                words += f"{'.' if words else ''}{_key(step)}"
    return words


def _key(key: str) -> str:
    if re.fullmatch(r"[A-Za-z0-9_/-]{1,60}", key):
        return key
    return f'"{escaped(key, longest=LONGEST_SHOWN)}"'


def _line(name: str, mistake: Mistake) -> str:
    place = f"{name}:{mistake.at.line}:{mistake.at.column}"
    trail = f" {written(mistake.trail)}:" if mistake.trail else ""
    return f"{place}:{trail} {mistake.what}. {mistake.instead}."
