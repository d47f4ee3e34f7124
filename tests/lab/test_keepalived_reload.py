"""What a reload of real keepalived does to the owner of the vIP (docs/measurements/reload.md)."""

import re
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from ipaddress import ip_interface
from pathlib import Path

import pytest

from factories import make_guest, make_pair, make_track, make_vip
from keepalived_members import Member, members, until
from vipprov.guest import render, update
from vipprov.guest.pair import Pair

pytestmark = pytest.mark.lab

VIP = "10.50.50.50"
GUESTS = ("web-1", "web-2")
FAST = timedelta(milliseconds=100)
V3 = make_pair(vip=make_vip(vrrp_version=3))
V3_FAST = make_pair(vip=make_vip(vrrp_version=3, advert_interval=FAST))
TWO = (ip_interface(f"{VIP}/24"), ip_interface("10.50.50.60/24"))
TRACK = make_track(command=("/bin/true",))

LIVE = {
    "backup gets the higher priority": (
        V3,
        make_pair(vip=V3.vip, guests=(make_guest(1, priority=100), make_guest(2, priority=200))),
    ),
    "interval 1 s to 100 ms": (V3, V3_FAST),
    "interval 100 ms to 1 s": (V3_FAST, V3),
    "track script": (V3, make_pair(vip=make_vip(vrrp_version=3, track=(TRACK,)))),
}
DISRUPTIVE = {
    "VRRP 3 to 2": (V3, make_pair()),
    "VRRP 2 to 3": (make_pair(), V3),
    "address added": (
        V3_FAST,
        make_pair(vip=make_vip(vrrp_version=3, advert_interval=FAST, addresses=TWO)),
    ),
    "address removed": (make_pair(vip=make_vip(addresses=TWO)), make_pair()),
}


@pytest.mark.parametrize("what", LIVE)
def test_live_change_on_the_owner_first_keeps_its_vip_without_a_lost_packet(
    tmp_path: Path, what: str
) -> None:
    before, after = LIVE[what]
    with running(tmp_path, before) as lan:
        lost = during(lan, lambda: [reload(lan[name], after) for name in GUESTS])
        assert owners(lan) == ["web-1"]
        assert came_and_went(lan) == ["web-1"]
        assert lost == 0


@pytest.mark.parametrize("what", DISRUPTIVE)
def test_disruptive_change_with_the_backup_stopped_has_one_owner_throughout(
    tmp_path: Path, what: str
) -> None:
    before, after = DISRUPTIVE[what]

    def change() -> None:
        lan["web-2"].stop_keepalived()
        reload(lan["web-1"], after)
        lan["web-2"].write(render.configuration(after, after.guests[1]))
        lan["web-2"].start()

    with running(tmp_path, before) as lan:
        lost = during(lan, change)
        assert owners(lan) == ["web-1"]
        assert came_and_went(lan) == ["web-1"]
        assert lost == 0


@pytest.mark.parametrize("what", DISRUPTIVE)
def test_members_that_disagree_both_own_the_vip(tmp_path: Path, what: str) -> None:
    before, after = DISRUPTIVE[what]
    with running(tmp_path, before) as lan:
        found = reload(lan["web-1"], after)
        assert update.disruptive(found)
        until().poll(lambda: owners(lan) == list(GUESTS) or None, what="the second owner")


def test_backup_that_gets_the_shorter_interval_first_takes_the_vip(tmp_path: Path) -> None:
    with running(tmp_path, V3) as lan:
        reload(lan["web-2"], V3_FAST)
        until().poll(lambda: lan["web-2"].events(VIP) or None, what="a second owner")


def test_reload_that_takes_the_virtual_mac_away_loses_the_vip(tmp_path: Path) -> None:
    with running(tmp_path, V3) as lan:
        found = reload(lan["web-1"], make_pair(vip=make_vip(vrrp_version=3, vmac=False)))
        assert update.activation(found)[-1][:2] == ("systemctl", "restart")
        until().poll(lambda: not lan["web-1"].holds(VIP) or None, what="the vIP to be lost")


@contextmanager
def running(folder: Path, pair: Pair) -> Iterator[dict[str, Member]]:
    """Yield the members once web-1 owns the vIP and web-2 backs it up."""
    addresses = {guest.name: [guest.addresses[0].with_prefixlen] for guest in pair.guests}
    with members(folder, {**addresses, "client": ["10.50.50.99/24"]}) as lan:
        for guest, role in zip(pair.guests, ("MASTER", "BACKUP"), strict=True):
            member = lan[guest.name]
            member.write(render.configuration(pair, guest))
            member.start()
            member.await_role("web", role)
        yield lan


def reload(member: Member, pair: Pair) -> tuple[update.FileChange, ...]:
    """Write this pair's configuration, reload keepalived, and return what has changed."""
    configuration = render.configuration(pair, pair.guest(member.name))
    observed = {path: content(member.path(path)) for path in render.owned(configuration)}
    member.write(configuration)
    reloads = member.log().count("Reload complete")
    member.reload()
    until().poll(lambda: member.log().count("Reload complete") > reloads or None, what="the reload")
    return update.changes(observed, configuration)


def content(path: Path) -> str | None:
    return path.read_text() if path.exists() else None


def during(lan: dict[str, Member], change: Callable[[], object]) -> int:
    """Return how many of the client's pings were lost during the change and 4 s after it."""
    ping = lan["client"].spawn("ping", "ping", "-n", "-i", "0.01", VIP)
    until().poll(lambda: "icmp_seq=20 " in log(lan) or None, what="the first replies")
    change()
    # A backup that hears nothing takes over after three adverts and its skew: under 4 s.
    count = log(lan).count("bytes from") + 400
    until(20).poll(lambda: log(lan).count("bytes from") > count or None, what="400 more replies")
    ping.send_signal(signal.SIGINT)
    ping.wait(timeout=5)
    # The last ping may still be on its way, so the count is of gaps and not of what was sent.
    answered = {int(number) for number in re.findall(r"icmp_seq=(\d+) ttl", log(lan))}
    return max(answered) - len(answered)


def log(lan: dict[str, Member]) -> str:
    return (lan["client"].folder / "ping").read_text()


def owners(lan: dict[str, Member]) -> list[str]:
    return [name for name in GUESTS if lan[name].holds(VIP)]


def came_and_went(lan: dict[str, Member]) -> list[str]:
    """Return who got or lost the vIP, in the order in which it happened."""
    moves: list[tuple[datetime, str]] = [
        (event.at, name) for name in GUESTS for event in lan[name].events(VIP)
    ]
    return [name for _, name in sorted(moves)]
