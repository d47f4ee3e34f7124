"""All claims, fake or real, keep these promises."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest

from contract.hosts import ESXI, VCENTER, simulator_of
from fakes.claims import FakeClaims
from vipprov.hv.claim import Claims, Holder
from vsphere.reach import reached


def holder(process: int = 1) -> Holder:
    return Holder(
        id=str(uuid4()),
        host="here",
        boot="b",
        namespace="pid:[1]",
        process=process,
        started="7",
        expires=datetime.now(UTC) + timedelta(minutes=1),
    )


@pytest.fixture(
    params=[
        "fake",
        "test:///default",
        pytest.param("lxc:///system", marks=pytest.mark.lab),
        VCENTER,
        ESXI,
    ]
)
def claims(request: pytest.FixtureRequest) -> Iterator[Claims]:
    if request.param == "fake":
        yield FakeClaims()
        return
    if (simulator := simulator_of(request)) is not None:
        from vipprov.hv.vsphere.claim import VsphereClaims  # noqa: PLC0415  nor pyVmomi

        with reached(simulator) as found:
            yield VsphereClaims(found.session)
        return
    from vipprov.hv.libvirtd.claim import DomainClaims  # noqa: PLC0415  the fake needs no libvirt
    from vipprov.hv.libvirtd.session import Session  # noqa: PLC0415

    with Session(request.param) as session:
        yield DomainClaims(session)


@pytest.fixture
def pair() -> str:
    return f"claim-{uuid4().hex[:8]}"


def test_first_holder_gets_the_claim(claims: Claims, pair: str) -> None:
    me = holder()
    assert claims.take(pair, me) is None
    claims.drop(pair, me)


def test_second_holder_is_told_who_holds_it(claims: Claims, pair: str) -> None:
    first, second = holder(1), holder(2)
    claims.take(pair, first)
    assert claims.take(pair, second) == first
    claims.drop(pair, first)


def test_taking_twice_is_quiet(claims: Claims, pair: str) -> None:
    me = holder()
    claims.take(pair, me)
    assert claims.take(pair, me) is None
    claims.drop(pair, me)


def test_claim_is_free_again_once_dropped(claims: Claims, pair: str) -> None:
    first, second = holder(1), holder(2)
    claims.take(pair, first)
    claims.drop(pair, first)
    assert claims.take(pair, second) is None
    claims.drop(pair, second)


def test_dropping_somebody_elses_claim_leaves_it(claims: Claims, pair: str) -> None:
    first, second = holder(1), holder(2)
    claims.take(pair, first)
    claims.drop(pair, second)
    assert claims.take(pair, second) == first
    claims.drop(pair, first)


def test_claim_of_the_same_process_is_another_claim(claims: Claims, pair: str) -> None:
    first = holder()
    second = replace(first, id=str(uuid4()))
    claims.take(pair, first)
    assert claims.take(pair, second) == first
    claims.drop(pair, second)
    assert claims.take(pair, second) == first
    claims.drop(pair, first)


def test_who_is_told_as_the_holder_can_be_dropped(claims: Claims, pair: str) -> None:
    claims.take(pair, holder(1))
    told = claims.take(pair, holder(2))
    assert told is not None
    claims.drop(pair, told)
    third = holder(3)
    assert claims.take(pair, third) is None
    claims.drop(pair, third)


def test_of_many_at_once_exactly_one_gets_it(claims: Claims, pair: str) -> None:
    holders = [holder(process) for process in range(1, 9)]
    with ThreadPoolExecutor(len(holders)) as pool:
        answers = list(pool.map(lambda one: claims.take(pair, one), holders))
    (winner,) = (one for one, answer in zip(holders, answers, strict=True) if answer is None)
    assert {answer for answer in answers if answer is not None} == {winner}
    claims.drop(pair, winner)
