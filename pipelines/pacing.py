"""Pacing: keep what is done to a pair within the fabric's budget of MAC moves, and note it."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

from vipprov.guest import budget, undo, vrrp
from vipprov.guest.deadline import Deadline
from vipprov.guest.pair import Pair
from vipprov.hv.machines import Machines
from vipprov.pipelines import history, outage
from vipprov.pipelines.history import Moment
from vipprov.pipelines.watch import Watch

Say = Callable[[str], None]
Wall = Callable[[], datetime]


def utc_now() -> datetime:
    """Return the moment by the wall clock, which other machines go by too."""
    return datetime.now(UTC)


def demand(pair: Pair, machines: Machines, *, cost: int, by: Deadline, wall: Wall) -> None:
    """Raise MoveBudgetError unless every virtual MAC may make so many moves now."""
    for moves in history.history(pair, machines, by=by).values():
        budget.demand(moves, cost=cost, budget=pair.fabric, now=wall())


def wait(pair: Pair, machines: Machines, *, cost: int, by: Deadline, say: Say, wall: Wall) -> None:
    """Return once every virtual MAC may make so many moves; MoveBudgetError where none ever may."""
    now = wall()
    allowed = (
        budget.earliest(moves, cost=cost, budget=pair.fabric, now=now)
        for moves in history.history(pair, machines, by=by).values()
    )
    seconds = max(((moment - now).total_seconds() for moment in allowed), default=0.0)
    if seconds > 0:
        say(f"waiting {seconds:.0f} s for the fabric's budget of MAC moves")
        by.clock.sleep(seconds)


@contextmanager
def noting(
    pair: Pair, machines: Machines, watch: Watch, cost: int, *, by: Deadline, wall: Wall
) -> Iterator[None]:
    """Note the moves that are to be expected of the block, and at its end those that were seen.

    So a run that is killed in the middle has told the next one of its moves.
    """
    began, at = wall(), by.clock.now()
    expected = _expected(pair, cost, began)
    history.note(pair, machines, expected)

    def correct() -> None:
        watch.stop()  # probers that went on would take the machine from whoever reads their records
        seen = [
            (move.mac, began + timedelta(seconds=move.at - at))
            for move in outage.all_moves(watch)
            if move.at >= at
        ]
        history.note(pair, machines, seen)
        # Where none is seen, what was expected of what was done is the best that is known.
        if watch.has_cables or not watch.is_disturbed:
            history.forget(pair, machines, expected)

    with undo.afterwards("the moves that were only expected", correct):
        yield


def _expected(pair: Pair, cost: int, now: datetime) -> tuple[Moment, ...]:
    """Return the moves to expect from now on, a millisecond apart so that none is lost."""
    return tuple(
        (mac, now + timedelta(milliseconds=number))
        for mac in vrrp.virtual_macs(pair)
        for number in range(cost)
    )
