"""EVPN labs that come and go: side by side, killed halfway, and leaving nothing."""

import json
import signal
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import pytest

from lab import snapshot
from lab.client import ip, plugged
from lab.command import start
from lab.evpnhost import by
from lab.evpnlabs import OPTIONS, lab, remains
from vipprov.hv.fabric import evpnlab
from vipprov.hv.fabric.evpnspec import EvpnLab

pytestmark = pytest.mark.lab

OTHER, THIRD = "tevpo", "tevpq"
LANDMARKS = (
    f"/sys/class/net/{OTHER}-leaf1",
    f"/run/netns/vipprov-{OTHER}-spine",
    f"/run/netns/vipprov-{OTHER}-vtep1",
    f"/sys/class/net/{OTHER}-leaf1-up",
    f"/run/vipprov-{OTHER}/vtep1/zebra.pid",
    f"/run/vipprov-{OTHER}/vtep2/bgpd.conf",
)


@pytest.fixture
def another() -> Iterator[str]:
    yield OTHER
    lab("down", "--force", name=OTHER)
    assert remains(OTHER) == set()


@pytest.fixture
def third() -> Iterator[str]:
    yield THIRD
    lab("down", "--force", name=THIRD)
    assert remains(THIRD) == set()


def test_two_labs_side_by_side_know_nothing_of_one_another(another: str, third: str) -> None:
    assert lab("up", "--kind", "evpn", "--leafs", "1", name=third).code == 0
    others = ("--leafs", "2", "--arp-snooping", "--ageing", "10s")
    done = lab("up", "--kind", "evpn", *others, name=another)
    assert done.code == 0, done.err
    vteps = (EvpnLab(name=another).vtep(2), EvpnLab(name=third).vtep(1))
    shown = (
        json.loads(ip("-n", vtep, "-d", "-j", "link", "show", "type", "bridge")) for vtep in vteps
    )
    ages = [bridge["linkinfo"]["info_data"]["ageing_time"] for (bridge,) in shown]
    assert ages == [1000, 30000]
    for bridge in (f"{another}-leaf2", f"{third}-leaf1"):
        assert Path(f"/sys/class/net/{bridge}/bridge/ageing_time").read_text().strip() == "0"
    mine, theirs = f"{third}-leaf1", f"{another}-leaf2"
    with plugged(mine, "10.99.8.51/24") as one, plugged(theirs, "10.99.8.52/24") as two:
        assert one.arp_answers("10.99.8.52", count=1) == []
        two.run("arping", "-c", "1", "-w", "1", "-I", "eth0", "10.99.8.53")
        seen = by().poll(
            lambda: next(iter(evpnlab.status(another, by=by()).leafs[0].neighbours), None),
            what="an address that was only heard in an ARP request",
        )
        assert str(seen.address) == "10.99.8.52"
    assert lab("down", name=another).code == 0
    assert remains(another) == set()
    assert evpnlab.status(third, by=by()).ready


def killed_at(landmark: str) -> None:
    """Let `lab up` die without a word as soon as this path is there."""
    with start("lab", "up", "--kind", "evpn", "--leafs", "2", "--name", OTHER) as running:
        by(20).poll(lambda: Path(landmark).exists() or None, what=landmark, every=0.001)
        running.kill()
    assert running.returncode == -signal.SIGKILL


@pytest.mark.parametrize("landmark", LANDMARKS[1::2])
def test_a_run_that_was_killed_is_completed_by_the_next(another: str, landmark: str) -> None:
    killed_at(landmark)
    done = lab("up", "--kind", "evpn", "--leafs", "2", name=another)
    assert done.code == 0, done.err
    assert evpnlab.status(another, by=by()).ready


@pytest.mark.alone
def test_up_and_down_leave_the_host_as_it_was(another: str) -> None:
    before = snapshot.host()
    assert lab("up", "--kind", "evpn", *OPTIONS, "--arp-snooping", name=another).code == 0
    assert lab("down", name=another).code == 0
    assert snapshot.host() == before


def test_an_unfinished_lab_says_so(another: str) -> None:
    killed_at(LANDMARKS[2])
    told = lab("status", name=another)
    assert told.code == 3
    assert "unfinished" in told.err


@pytest.mark.alone
@pytest.mark.parametrize("landmark", LANDMARKS)
def test_a_run_that_was_killed_is_removed_whole(another: str, landmark: str) -> None:
    before = snapshot.host()
    killed_at(landmark)
    assert lab("down", name=another).code == 0
    assert remains(another) == set()
    assert snapshot.host() == before


def is_claimed() -> bool:
    return f"@vipprov-lab-{OTHER}\n" in Path("/proc/net/unix").read_text()


def is_gone(path: str) -> bool:
    return not Path(path).exists()


MOMENTS: dict[str, Callable[[], bool]] = {
    "nothing is gone": is_claimed,
    "a daemon is": partial(is_gone, f"/run/vipprov-{OTHER}/vtep1/zserv.api"),
    "all daemons are": partial(is_gone, f"/run/vipprov-{OTHER}"),
    "a cable is": partial(is_gone, f"/sys/class/net/{OTHER}-leaf1-up"),
    "all cables are": partial(is_gone, f"/sys/class/net/{OTHER}-leaf2-up"),
    "a namespace is": partial(is_gone, f"/run/netns/vipprov-{OTHER}-spine"),
    "all namespaces are": partial(is_gone, f"/run/netns/vipprov-{OTHER}-vtep2"),
    "a bridge is": partial(is_gone, f"/sys/class/net/{OTHER}-leaf1"),
}


@pytest.mark.alone
@pytest.mark.parametrize("moment", MOMENTS)
def test_a_removal_that_was_killed_is_completed_by_the_next(another: str, moment: str) -> None:
    before = snapshot.host()
    assert lab("up", "--kind", "evpn", "--leafs", "2", name=another).code == 0
    with start("lab", "down", "--name", another) as running:
        by(20).poll(lambda: MOMENTS[moment]() or None, what=moment, every=0.001)
        running.kill()
    assert running.returncode == -signal.SIGKILL
    assert remains(another) != set()
    done = lab("down", name=another)
    assert done.code == 0, done.err
    assert remains(another) == set()
    assert snapshot.host() == before
