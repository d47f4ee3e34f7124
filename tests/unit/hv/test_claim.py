"""When a claim still counts, and what holding one does."""

import os
import subprocess
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from fakes.claims import FakeClaims
from vipprov.guest.errors import HeldError, HypervisorError
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


@pytest.fixture
def sleeper() -> Iterator[subprocess.Popen[bytes]]:
    with subprocess.Popen(["sleep", "60"]) as process:
        yield process
        process.kill()


def test_of_two_runs_whose_time_is_over_the_slow_one_counts_and_the_killed_one_does_not(
    sleeper: subprocess.Popen[bytes],
) -> None:
    slow = claim.myself(-1, host="here", process=sleeper.pid)
    assert not claim.is_over(slow)
    sleeper.kill()
    os.waitid(os.P_PID, sleeper.pid, os.WEXITED | os.WNOWAIT)  # still in the list, as a zombie
    assert claim.is_over(slow)
    sleeper.wait()
    assert claim.is_over(slow)


@pytest.mark.parametrize("elsewhere", [{"boot": "another"}, {"namespace": "pid:[1]"}])
@pytest.mark.parametrize("started", ["", "1"])
def test_claim_from_another_host_or_container_counts_until_it_expires(
    elsewhere: dict[str, str], started: str
) -> None:
    mine = me()
    other = replace(mine, started=started or mine.started, **elsewhere)  # type: ignore[arg-type]  # texts, all
    assert not claim.is_over(other)
    assert claim.is_over(replace(other, expires=datetime.now(UTC) - timedelta(seconds=1)))


def test_where_nobody_knows_what_host_this_is_the_expiry_counts(tmp_path: Path) -> None:
    unknown = claim.myself(60, host="here", process=1, proc=tmp_path)
    assert not claim.is_over(unknown, proc=tmp_path)


def test_holding_what_a_living_process_holds_is_refused_with_its_name() -> None:
    claims = FakeClaims()
    first = me()
    claims.take("web", replace(first, boot="another"))
    with (
        pytest.raises(HeldError, match=f"process {first.process} on here"),
        claim.held(claims, "web", me()),
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


class Stubborn(FakeClaims):
    """Does not let go."""

    def drop(self, pair: str, holder: Holder) -> None:
        raise HypervisorError(f"Could not let go of {pair}, which {holder} holds.")


def test_claim_that_cannot_be_dropped_does_not_hide_why_the_block_failed() -> None:
    with pytest.raises(RuntimeError) as failed, claim.held(Stubborn(), "web", me()):
        raise RuntimeError
    (note,) = failed.value.__notes__
    assert note.startswith("not undone: the claim on web: Could not let go of web")


def test_claim_that_somebody_else_took_meanwhile_stays_theirs() -> None:
    claims, theirs = FakeClaims(), me()
    with claim.held(claims, "web", me()):
        claims.holders["web"] = theirs
    assert claims.holders == {"web": theirs}
