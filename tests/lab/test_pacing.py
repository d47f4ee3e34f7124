"""`failover --wait` paces itself: no window of the fabric's budget ever holds a move too many."""

from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest

from lab.command import vipprov
from lab.conftest import document, write
from vipprov.guest.deadline import Deadline, SystemClock
from vipprov.hv import registry
from vipprov.pipelines import fleet, history

pytestmark = [pytest.mark.lab, pytest.mark.usefixtures("leaves")]

NAME, NUMBER = "pace", 62
MOVES, WINDOW = 2, timedelta(seconds=20)
COUNT = 4


@pytest.fixture(scope="module", autouse=True)
def pair(tmp_path_factory: pytest.TempPathFactory, leaves: None) -> Iterator[None]:  # noqa: ARG001  the bridges come first
    vip = {"addresses": ["10.50.112.50/24"], "virtual_router_id": 112, "profile": "fast"}
    fabric = {"moves": MOVES, "window": f"{WINDOW.seconds}s"}
    path = write(
        tmp_path_factory.mktemp("pair") / "pair.yaml",
        document(NAME, number=NUMBER, vip=vip, fabric=fabric),
    )
    try:
        created = vipprov("vm", "create", path)
        assert created.code == 0, created.err
        yield
    finally:
        vipprov("vm", "destroy", NAME, "--yes")


def moves() -> tuple[datetime, ...]:
    """Return when the virtual MAC moved, as the machines and their journals remember it."""
    by = Deadline.after(30, clock=SystemClock())
    with registry.connect("lxc:///system", by=by) as hypervisor:
        pair = fleet.described(hypervisor.machines, NAME)
        (found,) = history.history(pair, hypervisor.machines, by=by).values()
    return tuple(sorted(found))


def test_a_series_that_waits_keeps_every_window_within_the_budget() -> None:
    refused = vipprov("failover", NAME, "--fault", "stop", "--count", str(COUNT))
    assert refused.code == 7, refused.err
    before = moves()
    done = vipprov("failover", NAME, "--fault", "stop", "--count", str(COUNT), "--wait")
    assert done.code == 0, (done.out, done.err)
    assert "for the fabric's budget of MAC moves" in done.err
    found = moves()
    assert len(found) >= len(before) + COUNT
    for first, third in zip(found, found[MOVES:], strict=False):
        # A move is noted to the millisecond, and a journal has it a little later.
        assert third - first > WINDOW - timedelta(seconds=0.5), found
