"""The budget of MAC moves: how many a fabric takes before it calls a MAC duplicate. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from vipprov.guest.errors import MoveBudgetError
from vipprov.guest.pair import MoveBudget

# NX-OS counts twice: L2FM holds a MAC down at its sixth move within 30 s, besides EVPN's own limit.
_BESIDES = {"nxos": (5, timedelta(seconds=30))}


@dataclass(frozen=True, slots=True, kw_only=True)
class Limit:
    """So many moves within any window of this length are safe."""

    moves: int
    window: timedelta


def limits(budget: MoveBudget) -> tuple[Limit, ...]:
    """Return every limit that these switches have."""
    own = Limit(moves=budget.moves, window=budget.window)
    besides = _BESIDES.get(budget.profile)
    if besides is None:
        return (own,)
    moves, window = besides
    return (own, Limit(moves=moves, window=window))


def earliest(
    history: Sequence[datetime], *, cost: int, budget: MoveBudget, now: datetime
) -> datetime:
    """Return the first moment, now or later, at which so many more moves fit.

    MoveBudgetError where they never do.
    """
    moment = now
    latest = sorted(history, reverse=True)
    for limit in limits(budget):
        spare = limit.moves - cost
        if spare < 0:
            raise MoveBudgetError(
                f"This takes {cost} MAC moves, and the fabric ({budget.profile}) takes "
                f"{limit.moves} within {limit.window.total_seconds():g} s.",
                hint="Ask for less at once, or set `fabric` in the pair file to what it takes.",
            )
        if spare < len(latest):
            # The move after the last that may stay in the window has to have left it.
            moment = max(moment, latest[spare] + limit.window)
    return moment


def demand(history: Sequence[datetime], *, cost: int, budget: MoveBudget, now: datetime) -> None:
    """Raise MoveBudgetError, with the moment to go on at, unless so many more moves fit now."""
    moment = earliest(history, cost=cost, budget=budget, now=now)
    if moment > now:
        wait = (moment - now).total_seconds()
        recent = sum(move > now - budget.window for move in history)
        raise MoveBudgetError(
            f"The MAC-move budget of the fabric ({budget.profile}) forbids it for {wait:.0f} s, "
            f"until {moment:%H:%M:%S} UTC.",
            details=f"{recent} moves in the last {budget.window.total_seconds():g} s; this takes "
            f"{cost} more, and {budget.moves} are safe.",
            hint="Add --wait to go on by itself as soon as it may.",
        )
