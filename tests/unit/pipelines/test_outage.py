"""What vantage points and the tap recorded becomes outage, detection, take-over and moves."""

import struct
from dataclasses import replace
from ipaddress import ip_address

import pytest

from factories import make_pair, make_vip
from fakes.claims import FakeClaims
from fakes.machines import FakeMachines
from fakes.portgroups import FakePortGroups
from fakes.recorder import FakeRecorder
from plans import VMAC
from vipprov.guest.pair import Address
from vipprov.hv import frames
from vipprov.hv.frames import Path
from vipprov.hv.registry import Hypervisor
from vipprov.pipelines import outage
from vipprov.pipelines.aims import Aim
from vipprov.pipelines.watch import Outlook, Watch

PAIR = make_pair()
VIP = PAIR.vip.addresses[0].ip
SOURCE, OURS = ip_address("10.50.50.254"), "02:00:00:00:00:fe"
WAY = Path(source_mac=OURS, target_mac=VMAC, source=SOURCE, target=VIP)
HEIRS = frozenset({"web-2"})
LOST = range(100, 400)
STRUCK, END = 0.095, 0.8


def advert(source: Address, target: Address, *, priority: int = 244) -> bytes:
    body = struct.pack("!BBBBHH", 0x31, 50, priority, 1, 100, 0) + VIP.packed
    head = struct.pack("!BBHHHBBH", 0x45, 0, 20 + len(body), 0, 0, 255, 112, 0)
    ethernet = frames.octets(OURS) + frames.octets(OURS) + b"\x08\x00"
    return ethernet + head + source.packed + target.packed + body


@pytest.fixture
def watch() -> Watch:
    """Return what was recorded of a fail-over from web-1 to web-2 that took 300 ms."""
    prober, tap = FakeRecorder(), FakeRecorder()
    for number in range(1000):
        prober.probe(number / 1000, WAY, sequence=number, answered=number not in LOST)
    prober.hear(0.39, "eth0", frames.announcement(VMAC, VIP))
    one, two = (guest.addresses[0].ip for guest in PAIR.guests)
    tap.hear(0.01, "vnet0", frames.announcement(VMAC, VIP))
    tap.hear(0.05, "vnet0", advert(one, two, priority=254))
    tap.hear(0.1, "vnet0", advert(one, two, priority=0))
    tap.hear(0.37, "vnet1", advert(two, one))
    tap.hear(0.3701, "trunk", advert(two, one))
    tap.hear(0.38, "vnet1", frames.announcement(VMAC, VIP))
    tap.hear(0.3801, "trunk", frames.announcement(VMAC, VIP))
    aim = Aim(port_group="leaf1", vip=VIP, source=SOURCE, mac=VMAC)
    ground = Hypervisor(machines=FakeMachines(), port_groups=FakePortGroups(), claims=FakeClaims())
    made = Watch(
        pair=PAIR,
        owner="web-1",
        ground=ground,
        outlooks=(Outlook(port_group="leaf1", aims=(aim,), recorder=prober),),
        tap=tap,
        macs=(VMAC,),
        devices={"vnet0": "web-1", "vnet1": "web-2"},
    )
    made.look()
    return made


def test_the_outage_and_what_was_told_come_from_the_vantage_point(watch: Watch) -> None:
    (view,) = outage.span(watch, since=STRUCK, until=END).views
    assert (view.port_group, view.vip, view.macs, view.drops) == ("leaf1", VIP, (VMAC,), 0)
    assert view.reception.lost == len(LOST)
    assert view.reception.outage == pytest.approx(0.3)
    assert view.reached == pytest.approx(0.4005 - STRUCK)
    assert view.announced == pytest.approx(0.39 - STRUCK)


def test_a_reply_that_somebody_else_waits_for_is_not_ours(watch: Watch) -> None:
    recorder = watch.outlooks[0].recorder
    assert isinstance(recorder, FakeRecorder)
    other = FakeRecorder()
    other.probe(0.2, replace(WAY, source=SOURCE - 1), sequence=200, answered=True)
    recorder.kept += other.kept[1:]
    watch.look()
    (view,) = outage.span(watch, since=STRUCK, until=END).views
    assert (view.reception.lost, view.reception.duplicates) == (len(LOST), 0)


def test_the_heir_is_detected_by_its_advert_and_known_by_its_claim(watch: Watch) -> None:
    assert outage.detected(watch, HEIRS, since=STRUCK) == 0.37
    assert outage.heir(watch, HEIRS, since=STRUCK) == ("web-2", 0.38)


def test_pair_elsewhere_is_known_by_its_claims_until_it_is_healed(watch: Watch) -> None:
    watch.devices.clear()
    assert outage.heir(watch, HEIRS, since=STRUCK) == ("web-2", 0.38)
    assert outage.heir(watch, HEIRS, since=0.385, until=0.5) is None
    hear_late(watch, VMAC)
    assert outage.heir(watch, HEIRS, since=0.385, until=0.5) is None
    assert outage.detected(watch, HEIRS, since=0.385, until=0.5) is None
    assert outage.heir(watch, HEIRS, since=0.385) == ("web-2", 0.6)


def hear_late(watch: Watch, mac: str) -> None:
    """Let this MAC claim the address when all else is over."""
    assert isinstance(watch.tap, FakeRecorder)
    watch.tap.hear(0.6, "trunk", frames.announcement(mac, VIP))
    watch.macs = (mac,)
    watch.look()


@pytest.mark.parametrize(("number", "found"), [(0, None), (1, ("web-2", 0.6))])
def test_without_a_virtual_mac_a_claim_is_whose_mac_it_names(
    watch: Watch, number: int, found: tuple[str, float] | None
) -> None:
    watch.devices.clear()
    watch.pair = make_pair(vip=make_vip(vmac=False))
    hear_late(watch, watch.pair.guests[number].mac)
    assert outage.heir(watch, HEIRS, since=0.5) == found


def test_an_advert_counts_once_however_many_links_it_crosses(watch: Watch) -> None:
    assert outage.span(watch, since=STRUCK, until=END).adverts == (0.1, 0.37)


def test_what_the_old_owner_said_detects_nobody(watch: Watch) -> None:
    assert outage.detected(watch, HEIRS, since=0.385) is None
    assert outage.heir(watch, frozenset({"web-3"}), since=STRUCK) is None


def test_a_mac_moves_between_cables_and_not_by_a_trunk(watch: Watch) -> None:
    (move,) = outage.span(watch, since=STRUCK, until=END).moves
    assert (move.mac, move.before, move.after, move.at) == (VMAC, "web-1", "web-2", 0.38)


def test_an_owner_that_said_nothing_had_the_mac_nevertheless(watch: Watch) -> None:
    watch.tapped.came[:] = [one for one in watch.tapped.came if one.device != "vnet0"]
    (move,) = outage.span(watch, since=STRUCK, until=END).moves
    assert (move.before, move.after) == ("web-1", "web-2")


def test_it_is_reached_once_the_latest_probes_are_answered(watch: Watch) -> None:
    assert not outage.is_reached(watch, since=0.35, at=0.45)
    assert outage.is_reached(watch, since=0.41, at=0.45)


def test_of_a_span_without_a_probe_nobody_is_reached(watch: Watch) -> None:
    assert not outage.is_reached(watch, since=5, at=6)


def test_frames_that_the_kernel_dropped_are_told(watch: Watch) -> None:
    recorder = watch.outlooks[0].recorder
    assert isinstance(recorder, FakeRecorder)
    recorder.drops = 3
    tap = watch.tap
    assert isinstance(tap, FakeRecorder)
    tap.drops = 5
    watch.stop()
    span = outage.span(watch, since=STRUCK, until=END)
    (view,) = span.views
    assert (view.drops, span.drops) == (3, 5)
