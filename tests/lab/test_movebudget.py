"""The fabric's budget of MAC moves holds across runs, and the death of a guest erases nothing."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from lab import containers
from lab.command import vipprov
from lab.conftest import document, write

pytestmark = [pytest.mark.lab, pytest.mark.usefixtures("leaves")]

NAME, GUESTS = "bud", ("bud-1", "bud-2")


@pytest.fixture(scope="module")
def pair(tmp_path_factory: pytest.TempPathFactory, leaves: None) -> Iterator[Path]:  # noqa: ARG001  the bridges come first
    vip = {"addresses": ["10.50.111.50/24"], "virtual_router_id": 111, "profile": "fast"}
    made = document(NAME, number=61, vip=vip, fabric={"profile": "frr"})
    path = write(tmp_path_factory.mktemp("pair") / "pair.yaml", made)
    try:
        created = vipprov("vm", "create", path)
        assert created.code == 0, created.err
        yield path
    finally:
        vipprov("vm", "destroy", NAME, "--yes")


@pytest.fixture(scope="module")
def spent(pair: Path) -> Path:
    """Return the file of a pair whose virtual MAC has just made four moves."""
    for fault, options in (("stop", ("--count", "2")), ("crash", ()), ("stop", ())):
        done = vipprov("failover", NAME, "--fault", fault, *options)
        assert done.code == 0, (done.out, done.err)
    return pair


def is_refused(*command: str) -> bool:
    done = vipprov(*command)
    assert "UTC" in done.err, (done.out, done.err)
    return done.code == 7


def test_what_never_fits_is_refused_before_anything_is_done(pair: Path) -> None:  # noqa: ARG001  it is asked by name
    refused = vipprov("failover", NAME, "--fault", "stop", "--count", "5")
    assert refused.code == 7
    assert "takes 5 MAC moves" in refused.err


def test_the_fifth_move_is_refused_with_the_second_from_which_on_it_may_be(spent: Path) -> None:  # noqa: ARG001  it is asked by name
    assert is_refused("failover", NAME, "--fault", "stop")
    assert is_refused("switchover", NAME)


def test_neither_death_nor_a_lost_journal_erases_history(spent: Path) -> None:
    for name in GUESTS:
        containers.inside(name, "journalctl --quiet --rotate --vacuum-time=1s")
    containers.kill(GUESTS[0])
    healed = vipprov("vm", "create", spent)
    assert healed.code == 0, healed.err
    assert is_refused("failover", NAME, "--fault", "stop")
