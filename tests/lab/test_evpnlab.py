"""The EVPN lab with real FRR, under names that nothing else has."""

import time
from collections.abc import Iterator
from ipaddress import IPv4Address
from pathlib import Path

import pytest

from lab.client import ip, plugged
from lab.evpnhost import by, prewarmed, wandering
from lab.evpnlabs import GATEWAY, OPTIONS, lab, remains
from vipprov.hv.fabric import evpnlab, evpnlook
from vipprov.hv.fabric.evpnspec import FIRST_VNI, EvpnLab

pytestmark = pytest.mark.lab

NAME = "tevpn"
LEAFS = tuple(f"{NAME}-leaf{number}" for number in (1, 2, 3))
READY = 10.0


@pytest.fixture(scope="module")
def fabric() -> Iterator[EvpnLab]:
    """One lab for most tests: two VNIs, suppression, an anycast gateway, FRR's own detection."""
    try:
        began = time.monotonic()
        done = lab("up", "--kind", "evpn", *OPTIONS, name=NAME)
        took = time.monotonic() - began
        assert done.code == 0, done.err
        assert done.document["outcome"] == "up"
        assert took <= READY
        yield evpnlook.found(NAME)
    finally:
        lab("down", "--force", name=NAME)
    assert remains(NAME) == set()


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
    assert lab("up", "--kind", "evpn", *OPTIONS, name=NAME).document["outcome"] == "unchanged"
    refused = lab("up", "--kind", "bridge", name=NAME)
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


def test_a_leaf_answers_arp_for_a_host_elsewhere_that_is_silent(fabric: EvpnLab) -> None:
    assert fabric.arp_suppression
    with plugged(LEAFS[0], "10.99.8.15/24") as one, plugged(LEAFS[2], "10.99.8.16/24") as two:
        assert two.pings(GATEWAY)
        mac = two.run("cat", "/sys/class/net/eth0/address").stdout.strip()
        ip("-n", two.namespace, "link", "set", "eth0", "down")

        def suppressed() -> bool | None:
            return one.arp_answers("10.99.8.16", count=1) == [mac] or None

        by().poll(suppressed, what="an answer from the leaf")


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
    document = lab("status", name=NAME).document
    flagged = [one for leaf in document["leafs"] for one in leaf["macs"] if one["duplicate"]]
    assert {one["mac"] for one in flagged} == {mac}


def test_a_lab_that_lost_parts_is_completed(fabric: EvpnLab) -> None:
    ip("-n", fabric.vtep(2), "link", "set", "underlay", "down")
    ip("link", "set", f"{LEAFS[0]}-up", "nomaster")
    assert lab("up", "--kind", "evpn", *OPTIONS, name=NAME).document["outcome"] == "up"
    with plugged(LEAFS[0], "10.99.8.41/24") as one, plugged(LEAFS[1], "10.99.8.42/24"):
        assert one.pings("10.99.8.42")


@pytest.mark.usefixtures("fabric")
def test_this_machine_takes_no_part_in_the_lab() -> None:
    for link in LEAFS:
        assert ip("-o", "address", "show", "dev", link) == ""
        assert Path(f"/proc/sys/net/ipv6/conf/{link}/disable_ipv6").read_text() == "1\n"
