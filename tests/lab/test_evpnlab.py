"""The EVPN lab with real FRR, under names that nothing else has."""

import signal
import time
from collections.abc import Iterator
from ipaddress import IPv4Address
from pathlib import Path

import pytest

from lab import snapshot
from lab.client import ip, plugged
from lab.command import Ended, start, vipprov
from lab.evpnhost import by, prewarmed, wandering
from vipprov.hv.fabric import evpnlab
from vipprov.hv.fabric.evpnspec import FIRST_VNI, EvpnLab

pytestmark = pytest.mark.lab

NAME, OTHER = "tevpn", "tevpo"
LEAFS = tuple(f"{NAME}-leaf{number}" for number in (1, 2, 3))
GATEWAY = "10.99.8.1"
OPTIONS = ("--vnis", "2", "--arp-suppression", "--anycast-gateway", f"{GATEWAY}/24")
READY = 10.0


def lab(verb: str, *arguments: str, name: str = NAME) -> Ended:
    return vipprov("lab", verb, "--name", name, "--json", *arguments)


def remains(name: str) -> set[str]:
    """Return what is there of a lab: links, namespaces, files, daemons."""
    links = {path.name for path in Path("/sys/class/net").glob(f"{name}-*")}
    namespaces = {path.name for path in Path("/run/netns").glob(f"vipprov-{name}-*")}
    files = {str(path) for path in Path("/run").glob(f"vipprov-{name}")}
    lines = (path / "cmdline" for path in Path("/proc").iterdir() if path.name.isdecimal())
    daemons = {str(path) for path in lines if f"/run/vipprov-{name}/".encode() in read(path)}
    return links | namespaces | files | daemons


def read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except (FileNotFoundError, ProcessLookupError):
        return b""


@pytest.fixture(scope="module")
def fabric() -> Iterator[EvpnLab]:
    """One lab for most tests: two VNIs, suppression, an anycast gateway, FRR's own detection."""
    try:
        began = time.monotonic()
        done = lab("up", "--kind", "evpn", *OPTIONS)
        took = time.monotonic() - began
        assert done.code == 0, done.err
        assert done.document["outcome"] == "up"
        assert took <= READY
        yield evpnlab.found(NAME)
    finally:
        lab("down", "--force")
    assert remains(NAME) == set()


@pytest.fixture
def another() -> Iterator[str]:
    yield OTHER
    lab("down", "--force", name=OTHER)
    assert remains(OTHER) == set()


def test_every_leaf_floods_to_all_others_in_every_vni(fabric: EvpnLab) -> None:
    seen = evpnlab.status(fabric.name, by=by())
    assert seen.ready
    vteps = {IPv4Address(f"100.64.0.{number}") for number in (1, 2, 3)}
    for leaf in seen.leafs:
        assert {(one.vni, one.vtep) for one in leaf.flood_routes} == {
            (vni, vtep) for vni in (FIRST_VNI, FIRST_VNI + 1) for vtep in vteps
        }
        assert all(one.vteps == vteps - {leaf.vtep} for one in leaf.flood_lists)


def test_a_lab_that_is_up_is_unchanged_and_keeps_its_kind(fabric: EvpnLab) -> None:
    assert lab("up", "--kind", "evpn", *OPTIONS).document["outcome"] == "unchanged"
    refused = lab("up", "--kind", "bridge")
    assert refused.code == 8
    assert "kind" in refused.err
    assert evpnlab.status(fabric.name, by=by()).ready


@pytest.mark.usefixtures("fabric")
def test_hosts_reach_one_another_within_a_vni_and_not_across() -> None:
    other = f"{NAME}-leaf3b"
    with (
        plugged(LEAFS[0], "10.99.8.11/24") as one,
        plugged(LEAFS[2], "10.99.8.12/24") as two,
        plugged(other, "10.99.8.13/24"),
    ):
        prewarmed((one, "10.99.8.11"), (two, "10.99.8.12"))
        assert one.arp_answers("10.99.8.13", count=1) == []


@pytest.mark.usefixtures("fabric")
def test_a_host_that_asked_for_the_gateway_is_known_to_every_leaf_by_its_address() -> None:
    with plugged(LEAFS[0], "10.99.8.14/24") as host:
        assert host.pings(GATEWAY)

        def known_everywhere() -> bool | None:
            leafs = evpnlab.status(NAME, by=by()).leafs
            told = ({str(route.address) for route in leaf.mac_routes} for leaf in leafs)
            return all("10.99.8.14" in addresses for addresses in told) or None

        by().poll(known_everywhere, what="the address on every leaf")


def test_a_routed_client_reaches_hosts_on_every_leaf(fabric: EvpnLab) -> None:
    assert fabric.routed is not None
    with plugged(fabric.routed.bridge, "198.51.100.9/24") as client:
        client.run("ip", "route", "add", "default", "via", "198.51.100.1")
        for number, bridge in enumerate(LEAFS, start=21):
            address = f"10.99.8.{number}"
            with plugged(bridge, f"{address}/24") as host:
                host.run("ip", "route", "add", "default", "via", GATEWAY)
                assert host.pings(GATEWAY)
                assert client.pings(address)


@pytest.mark.usefixtures("fabric")
def test_a_mac_that_moves_raises_its_sequence_by_one_each_time() -> None:
    mac = "00:00:5e:00:01:c8"
    with wandering(NAME, mac, "10.99.8.31/24", *LEAFS[:2]) as shared:
        for expected, bridge in enumerate((LEAFS[0], LEAFS[1], LEAFS[0])):
            shared.arrive(bridge)
            seen = shared.await_sequence(expected)
            assert seen.sequence(mac.upper(), vni=FIRST_VNI) == expected
            holder = LEAFS.index(bridge)
            known = [leaf.mac(mac, vni=FIRST_VNI) for leaf in seen.leafs]
            assert [one is not None and one.vtep is None for one in known].index(True) == holder
            routes = {
                (str(route.vtep), route.sequence)
                for leaf in seen.leafs
                for route in leaf.mac_routes
                if route.mac == mac
            }
            assert routes == {(f"100.64.0.{holder + 1}", expected)}


@pytest.mark.usefixtures("fabric")
def test_the_fifth_move_within_the_window_makes_a_duplicate_and_the_fourth_does_not() -> None:
    mac = "00:00:5e:00:01:c9"
    with wandering(NAME, mac, "10.99.8.32/24", *LEAFS[:2]) as shared:
        shared.arrive(LEAFS[0])
        shared.await_sequence(0)
        for move in (1, 2, 3, 4):
            shared.arrive(LEAFS[move % 2])
            assert not shared.await_sequence(move).duplicate(mac, vni=FIRST_VNI)
        shared.arrive(LEAFS[1])
        by().poll(
            lambda: evpnlab.status(NAME, by=by()).duplicate(mac, vni=FIRST_VNI) or None,
            what="a duplicate",
        )
    document = lab("status").document
    flagged = [one for leaf in document["leafs"] for one in leaf["macs"] if one["duplicate"]]
    assert {one["mac"] for one in flagged} == {mac}


def test_a_lab_that_lost_parts_is_completed(fabric: EvpnLab) -> None:
    ip("-n", fabric.vtep(2), "link", "set", "underlay", "down")
    ip("link", "set", f"{LEAFS[0]}-up", "nomaster")
    assert lab("up", "--kind", "evpn", *OPTIONS).document["outcome"] == "up"
    with plugged(LEAFS[0], "10.99.8.41/24") as one, plugged(LEAFS[1], "10.99.8.42/24"):
        assert one.pings("10.99.8.42")


@pytest.mark.usefixtures("fabric")
def test_this_machine_takes_no_part_in_the_lab() -> None:
    for link in LEAFS:
        assert ip("-o", "address", "show", "dev", link) == ""
        assert Path(f"/proc/sys/net/ipv6/conf/{link}/disable_ipv6").read_text() == "1\n"


def test_two_labs_side_by_side_know_nothing_of_one_another(fabric: EvpnLab, another: str) -> None:
    done = lab("up", "--kind", "evpn", "--leafs", "2", "--arp-snooping", name=another)
    assert done.code == 0, done.err
    mine, theirs = LEAFS[0], f"{another}-leaf2"
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
    assert evpnlab.status(fabric.name, by=by()).ready


LANDMARKS = (
    f"/sys/class/net/{OTHER}-leaf1",
    f"/run/netns/vipprov-{OTHER}-spine",
    f"/run/netns/vipprov-{OTHER}-vtep1",
    f"/sys/class/net/{OTHER}-leaf1-up",
    f"/run/vipprov-{OTHER}/vtep1/zebra.pid",
    f"/run/vipprov-{OTHER}/vtep2/bgpd.conf",
)


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


@pytest.mark.alone
@pytest.mark.parametrize("landmark", LANDMARKS)
def test_a_run_that_was_killed_is_removed_whole(another: str, landmark: str) -> None:
    before = snapshot.host()
    killed_at(landmark)
    assert lab("down", name=another).code == 0
    assert remains(another) == set()
    assert snapshot.host() == before
