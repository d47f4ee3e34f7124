"""Whatever a run is in the middle of when it is killed, the next one finds its way."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from lab import snapshot
from lab.command import start, vipprov
from lab.conftest import document, write
from lab.killing import kill_after
from vipprov.guest.deadline import Deadline, SystemClock

pytestmark = [pytest.mark.lab, pytest.mark.usefixtures("leaves"), pytest.mark.timeout(900)]

# Seconds after the start of the command: import, plan, define, filters, power on, first boot,
# election, proof. Closer together where more happens in a short time.
EARLY = (0.2, 0.5, 0.7, 0.8, 0.9, 1.0, 1.1, 1.2, 1.3, 1.5)
LATE = (1.7, 2.0, 2.5, 3.0, 3.5, 4.0, 5.0, 6.0, 7.0, 8.0)
POINTS = (*EARLY, *LATE)


@pytest.fixture(scope="module")
def pair(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    path = write(tmp_path_factory.mktemp("killed") / "pair.yaml", document("killed", number=13))
    try:
        yield path
    finally:
        vipprov("vm", "destroy", "killed", "--yes")


@pytest.mark.parametrize("seconds", POINTS[::2])
def test_create_after_a_kill_converges_to_a_proven_pair(pair: Path, seconds: float) -> None:
    vipprov("vm", "destroy", "killed", "--yes")
    kill_after(seconds, pair)
    healed = vipprov("vm", "create", pair, "--json")
    assert healed.code == 0, healed.err
    assert healed.document["proof"]["passed"] is True


@pytest.mark.alone
@pytest.mark.parametrize("seconds", POINTS[1::2])
def test_destroy_after_a_kill_leaves_nothing(pair: Path, seconds: float) -> None:
    vipprov("vm", "destroy", "killed", "--yes")
    before = snapshot.host()
    kill_after(seconds, pair)
    destroyed = vipprov("vm", "destroy", "killed", "--yes")
    assert destroyed.code in (0, 3), destroyed.err
    assert snapshot.host() == before


def test_of_two_creates_at_once_one_wins_and_the_other_says_who_holds_the_pair(pair: Path) -> None:
    vipprov("vm", "destroy", "killed", "--yes")
    runs = [start("vm", "create", pair) for _ in range(2)]
    ended = [(*run.communicate(timeout=120), run.returncode) for run in runs]
    assert sorted(code for *_, code in ended) == [0, 8], ended
    (words,) = (err for _, err, code in ended if code == 8)
    assert "Another run works on killed: process" in words


@pytest.mark.alone
def test_run_that_is_asked_to_end_undoes_what_it_did(pair: Path) -> None:
    vipprov("vm", "destroy", "killed", "--yes")
    before = snapshot.host()
    process = start("vm", "create", pair)
    by = Deadline.after(30, clock=SystemClock())
    by.poll(lambda: "killed-1" in str(snapshot.host()["domains"]) or None, what="the first domain")
    process.terminate()
    _, err = process.communicate(timeout=60)
    assert process.returncode == 130
    assert "interrupted" in err
    assert "undoing" in err
    assert snapshot.host() == before
