"""A switchover whose command is killed with SIGKILL, at ten moments: the pair heals by itself.

Nothing stays frozen, and there is one owner, within three advert intervals.
"""

import os
import signal
from collections.abc import Iterator

import pytest

from lab import containers
from lab.command import start, vipprov
from lab.conftest import document, write
from lab.evpnhost import by

pytestmark = [pytest.mark.lab, pytest.mark.usefixtures("leaves")]

NAME, GUESTS = "swk", ("swk-1", "swk-2")
VIP, DEVICE = "10.50.123.50", "vrrp.123"
INTERVAL = 1.0
MOMENTS = [number / 2 for number in range(10)]
"""Seconds after the owner was frozen: the heir is heard after three, and held on beside for one."""


@pytest.fixture(scope="module", autouse=True)
def pair(tmp_path_factory: pytest.TempPathFactory, leaves: None) -> Iterator[None]:  # noqa: ARG001  the bridges come first
    vip = {"addresses": [f"{VIP}/24"], "virtual_router_id": 123, "advert_interval": "1s"}
    made = document(NAME, number=73, vip=vip, fabric={"moves": 1000, "window": "180s"})
    path = write(tmp_path_factory.mktemp("pair") / "pair.yaml", made)
    try:
        created = vipprov("vm", "create", path)
        assert created.code == 0, created.err
        yield
    finally:
        vipprov("vm", "destroy", NAME, "--yes")


def states(name: str) -> str:
    """Return the states of keepalived's processes: T for one that is frozen, nothing of none."""
    return containers.inside(name, "ps -o state= -C keepalived || :")


def is_healed() -> bool:
    owners = [name for name in GUESTS if containers.holds(name, VIP)]
    there = [states(name) for name in GUESTS]
    return len(owners) == 1 and all(there) and not any("T" in one for one in there)


def is_proven() -> bool | None:
    return vipprov("verify", NAME).code == 0 or None


def demand_nothing_left(name: str) -> None:
    units = containers.inside(name, "systemctl list-units --all --plain --no-legend 'vipprov-h*'")
    assert units == ""
    conf = f"/proc/sys/net/ipv4/conf/{DEVICE}"
    assert containers.inside(name, f"cat {conf}/arp_ignore").strip() == "1"
    assert "blackhole" not in containers.inside(name, "tc qdisc")


@pytest.mark.parametrize("after", MOMENTS)
def test_a_pair_whose_switchover_was_killed_is_whole_after_three_adverts(after: float) -> None:
    (before,) = (name for name in GUESTS if containers.holds(name, VIP))
    with start("switchover", NAME) as process:
        by(30).poll(lambda: ("T" in states(before)) or None, what="the handover", every=0.02)
        deadline = by()
        deadline.clock.sleep(after)
        os.kill(process.pid, signal.SIGKILL)
    what = "one owner, and nobody frozen"
    by(3 * INTERVAL).poll(lambda: is_healed() or None, what=what, every=0.05)
    by(30).poll(is_proven, what="a pair that is proven")
    for name in GUESTS:
        demand_nothing_left(name)
