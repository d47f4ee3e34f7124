"""Duplicate MAC detection (RFC 7432, section 15.1), as FRR takes it."""

from dataclasses import dataclass
from datetime import timedelta

from vipprov.guest.errors import SpecError

# The limits of FRR: dup-addr-detection max-moves (2-1000) time (2-1800), freeze (30-3600).
MOVES = range(2, 1001)
WINDOW = range(2, 1801)
FREEZE = range(30, 3601)


@dataclass(frozen=True, slots=True, kw_only=True)
class Duplicates:
    """When a MAC that moves is called a duplicate, and how long it is then frozen, if at all."""

    moves: int = 5
    window: timedelta = timedelta(seconds=180)
    freeze: timedelta | None = None

    def __post_init__(self) -> None:
        if self.moves not in MOVES:
            raise SpecError(
                f"A MAC is a duplicate after 2 to 1000 moves, not {self.moves}.",
                hint="--dup-moves 0 lets none be one.",
            )
        demand_whole("The window in which moves count", self.window, WINDOW)
        if self.freeze is not None:
            demand_whole("The freeze of a duplicate", self.freeze, FREEZE)


def demand_whole(what: str, value: timedelta, seconds: range) -> None:
    """Raise SpecError for a duration that is not so many whole seconds."""
    if value % timedelta(seconds=1) or value // timedelta(seconds=1) not in seconds:
        span = f"{seconds[0]} to {seconds[-1]}"
        raise SpecError(f"{what} is {span} whole seconds, not {value.total_seconds():g}.")
