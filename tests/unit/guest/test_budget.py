"""The budget refuses what would make a MAC a duplicate, and says from when on it may be."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vipprov.guest import budget
from vipprov.guest.errors import MoveBudgetError
from vipprov.guest.pair import MoveBudget

NOW = datetime(2026, 1, 1, 12, tzinfo=UTC)
FRR = MoveBudget(profile="frr", moves=4, window=timedelta(seconds=180))
NXOS = MoveBudget(profile="nxos", moves=4, window=timedelta(seconds=180))


def ago(*seconds: float) -> tuple[datetime, ...]:
    return tuple(NOW - timedelta(seconds=one) for one in seconds)


def until(history: tuple[datetime, ...], cost: int = 1, of: MoveBudget = FRR) -> float:
    return (budget.earliest(history, cost=cost, budget=of, now=NOW) - NOW).total_seconds()


def test_the_fourth_move_within_the_window_is_allowed() -> None:
    assert until(ago(10, 20, 30)) == 0


def test_the_fifth_has_to_wait_until_the_first_has_left_the_window() -> None:
    assert until(ago(10, 20, 30, 100)) == 80


def test_what_takes_two_moves_waits_for_two_to_leave() -> None:
    assert until(ago(10, 20, 30, 100), cost=2) == 150


def test_old_moves_are_forgotten() -> None:
    assert until(ago(181, 182, 183, 184, 185)) == 0


def test_nxos_has_a_second_limit() -> None:
    lax = MoveBudget(profile="nxos", moves=40, window=timedelta(seconds=180))
    assert until(ago(1, 2, 3, 4), of=lax) == 0
    assert until(ago(1, 2, 3, 4, 5), of=lax) == 25
    assert until(ago(10, 20, 30, 100), of=NXOS) == 80


def test_a_refusal_says_the_second_at_which_it_may_go_on() -> None:
    with pytest.raises(MoveBudgetError, match=r"for 80 s, until 12:01:20 UTC") as refused:
        budget.demand(ago(10, 20, 30, 100), cost=1, budget=FRR, now=NOW)
    assert refused.value.exit_code == 7
    assert "--wait" in refused.value.hint


def test_what_can_never_fit_is_refused_for_good() -> None:
    with pytest.raises(MoveBudgetError, match="takes 5 MAC moves"):
        until((), cost=5)


@given(
    st.lists(st.floats(0, 400), max_size=12),
    st.integers(1, 4),
    st.sampled_from([FRR, NXOS]),
)
def test_at_the_moment_it_names_and_not_before_the_moves_fit(
    past: list[float], cost: int, of: MoveBudget
) -> None:
    history = ago(*past)
    moment = budget.earliest(history, cost=cost, budget=of, now=NOW)

    def fits(at: datetime) -> bool:
        return all(
            sum(at - limit.window < one <= at for one in history) + cost <= limit.moves
            for limit in budget.limits(of)
        )

    assert fits(moment)
    assert moment == NOW or not fits(moment - timedelta(microseconds=1))
