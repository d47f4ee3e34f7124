"""Median, 95th percentile and maximum of several runs."""

from hypothesis import given
from hypothesis import strategies as st

from vipprov.guest.figures import Spread, spread


def test_of_no_runs_there_are_no_figures() -> None:
    assert spread([]) is None


def test_of_twenty_runs_the_nineteenth_is_the_95th_percentile() -> None:
    values = [float(value) for value in range(1, 21)]
    assert spread(values[::-1]) == Spread(median=10.5, p95=19.0, max=20.0)


@given(st.lists(st.floats(0, 1e6), min_size=1))
def test_figures_are_in_order_and_of_the_runs(values: list[float]) -> None:
    seen = spread(values)
    assert seen is not None
    assert min(values) <= seen.median <= seen.max
    assert seen.p95 in values
    assert seen.p95 <= seen.max
