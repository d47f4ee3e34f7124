"""A YAML document as a tree in which every key and value knows its place."""

from collections.abc import Mapping
from dataclasses import dataclass

from vipprov.guest.pairfile.mistake import Complaint, Mistake, Position, Trail
from vipprov.guest.pairfile.scalar import Value


@dataclass(frozen=True, slots=True, kw_only=True)
class Word:
    """A single value. A broken one was complained about already; `literal` is a `|` block."""

    at: Position
    value: Value
    broken: bool = False
    literal: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Listing:
    """Values in order."""

    at: Position
    items: tuple["Node", ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """A key and its value."""

    at: Position
    key: str
    value: "Node"


@dataclass(frozen=True, slots=True, kw_only=True)
class Keyed:
    """Values by key."""

    at: Position
    entries: Mapping[str, Entry]


Node = Word | Listing | Keyed


def plain(node: Node) -> object:
    """Return the tree as lists, dicts and single values."""
    match node:
        case Word(value=value):
            return value
        case Listing(items=items):
            return [plain(item) for item in items]
        case Keyed(entries=entries):
            return {key: plain(entry.value) for key, entry in entries.items()}


def entry(node: Node, step: str | int) -> Entry | None:
    """Return what lies one step further, or None; an item of a list counts as its own key."""
    match node, step:
        case Keyed(entries=entries), str():
            return entries.get(step)
        case Listing(items=items), int() if 0 <= step < len(items):
            return Entry(at=items[step].at, key="", value=items[step])
        case _:
            return None


def broken(root: Node, trail: Trail) -> bool:
    """Say whether the trail leads to, or through, a value that was complained about already."""
    match _last(root, trail).value:
        case Word(broken=is_broken):
            return is_broken
        case _:
            return False


def place(root: Node, complaint: Complaint) -> Mistake:
    """Return the complaint with its place: that of the nearest thing that is in the file."""
    return Mistake(
        at=_position(_last(root, complaint.trail), complaint),
        trail=complaint.trail,
        what=complaint.what,
        instead=complaint.instead,
    )


def _position(found: Entry, complaint: Complaint) -> Position:
    match found.value, complaint.line:
        case Word(literal=True, at=at), int(line):
            return Position(at.line + 1 + line, 1)
        case _ if complaint.on_key:
            return found.at
        case value, _:
            return value.at


def _last(root: Node, trail: Trail) -> Entry:
    here = Entry(at=root.at, key="", value=root)
    for step in trail:
        further = entry(here.value, step)
        if further is None:
            break
        here = further
    return here
