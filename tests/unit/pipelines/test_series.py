"""Before anything is done to a pair: is it healthy, is it free, does the fabric allow it."""

from datetime import UTC, datetime

import pytest

from drawn import broken, cured
from factories import make_pair
from fakes.drama import Drama
from vipprov.guest.deadline import Deadline
from vipprov.guest.errors import CheckFailedError, HeldError, MoveBudgetError
from vipprov.guest.facts import Role
from vipprov.guest.fault import Fault
from vipprov.hv import claim
from vipprov.pipelines import series
from vipprov.pipelines.faults import GOODBYE
from vipprov.pipelines.series import Series, Wishes

PAIR = make_pair()
NOW = datetime(2026, 1, 1, tzinfo=UTC)


def attempt(drama: Drama, wishes: Wishes) -> None:
    by = Deadline.after(600, clock=drama.clock)
    said: list[str] = []
    try:
        series.series(PAIR, drama.hypervisor, wishes, by=by, say=said.append, wall=lambda: NOW)
    finally:
        assert GOODBYE not in {argv for _, argv in drama.machines.ran}


def test_a_pair_with_two_owners_is_left_alone() -> None:
    drama = Drama(PAIR)
    drama.roles["web-2"] = Role.MASTER
    with pytest.raises(CheckFailedError, match="not healthy") as refused:
        attempt(drama, Wishes(fault=Fault.STOP))
    assert "web is owned by web-1, web-2" in refused.value.details


@pytest.mark.parametrize(
    "wishes",
    [
        Wishes(fault=Fault.STOP, count=5),
        Wishes(fault=Fault.STOP, count=3, back=True),
        Wishes(fault=Fault.HANG, wait=True),
    ],
    ids=["five", "three and back", "never"],
)
def test_what_the_fabric_does_not_take_is_refused_before_the_first_fault(wishes: Wishes) -> None:
    with pytest.raises(MoveBudgetError):
        attempt(Drama(PAIR), wishes)


def test_a_pair_that_another_run_works_on_is_left_alone() -> None:
    drama = Drama(PAIR)
    other = claim.myself(60, host="elsewhere", process=1)
    assert drama.hypervisor.claims.take(PAIR.name, other) is None
    with pytest.raises(HeldError):
        attempt(drama, Wishes(fault=Fault.STOP))


def test_each_vantage_point_has_a_spread_of_its_own() -> None:
    rounds = tuple(one for seen in (cured(), broken(), cured()) for one in seen.rounds)
    found = Series(pair="web", fault=Fault.STOP, rounds=rounds).outages_from()
    assert list(found) == ["leaf1", "leaf3"]
    near, far = found["leaf1"], found["leaf3"]
    assert [near.median, near.max] == pytest.approx([0.05, 1.28])
    assert [far.median, far.max] == pytest.approx([0.05, 5.98])
