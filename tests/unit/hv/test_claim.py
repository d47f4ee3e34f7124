"""When a claim still counts, and what holding one does."""

import os
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from fakes.claims import FakeClaims
from vipprov.guest.errors import HeldError
from vipprov.hv import claim
from vipprov.hv.claim import Holder


def me() -> Holder:
    return claim.myself(60, host="here", process=os.getpid())


def test_claim_of_a_living_process_counts() -> None:
    assert not claim.is_over(me())


def test_claim_of_a_process_that_is_gone_is_over() -> None:
    assert claim.is_over(replace(me(), process=2**22 + 1))


def test_claim_of_another_process_with_the_same_number_is_over() -> None:
    assert claim.is_over(replace(me(), started="1"))


def test_claim_from_another_host_counts_until_it_expires() -> None:
    other = replace(me(), boot="another", process=2**22 + 1)
    assert not claim.is_over(other)
    assert claim.is_over(replace(other, expires=datetime.now(UTC) - timedelta(seconds=1)))


def test_holding_what_a_living_process_holds_is_refused_with_its_name() -> None:
    claims = FakeClaims()
    first = me()
    claims.take("web", replace(first, boot="another"))
    with (
        pytest.raises(HeldError, match=f"process {first.process} on here"),
        claim.held(claims, "web", first),
    ):
        pass


def test_claim_of_a_killed_run_is_taken_over() -> None:
    claims = FakeClaims()
    claims.take("web", replace(me(), started="1"))
    mine = me()
    with claim.held(claims, "web", mine):
        assert claims.holders["web"] == mine


def test_claim_is_dropped_when_the_block_fails() -> None:
    claims = FakeClaims()
    with pytest.raises(RuntimeError), claim.held(claims, "web", me()):
        raise RuntimeError
    assert claims.holders == {}
