"""Moves of a MAC: the ports that its frames came in by, one after the other. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """A frame from this MAC came in by this port."""

    at: float
    mac: str
    port: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Move:
    """The MAC was behind one port, and from this frame on behind another."""

    at: float
    mac: str
    before: str
    after: str


def moves(seen: Iterable[Seen]) -> tuple[Move, ...]:
    """Return the moves of every MAC as a switch that learns from each frame counts them."""
    by_mac: dict[str, list[Seen]] = {}
    for one in sorted(seen, key=lambda one: one.at):
        by_mac.setdefault(one.mac, []).append(one)
    found = (
        Move(at=after.at, mac=mac, before=before.port, after=after.port)
        for mac, some in by_mac.items()
        for before, after in pairwise(some)
        if before.port != after.port
    )
    return tuple(sorted(found, key=lambda move: move.at))
