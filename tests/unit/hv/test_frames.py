"""Frames and sightings against scapy, which builds and reads the same frames its own way."""

from ipaddress import ip_address
from typing import Any

import pytest
from scapy.layers.inet import ICMP, IP
from scapy.layers.inet6 import (
    ICMPv6EchoReply,
    ICMPv6EchoRequest,
    ICMPv6ND_NA,
    ICMPv6ND_NS,
    ICMPv6NDOptDstLLAddr,
    ICMPv6NDOptSrcLLAddr,
    IPv6,
)
from scapy.layers.l2 import ARP, Ether
from scapy.layers.vrrp import VRRP, VRRPv3
from scapy.packet import Raw

from vipprov.guest.pair import Address
from vipprov.hv import frames, sightings
from vipprov.hv.frames import Echo, Host, Path
from vipprov.hv.sightings import Advertised, Announced, Answered, Asked, Pinged, Replied

NOBODY = str(ip_address(0))
MINE, THEIRS, VMAC = "02:00:00:00:00:fe", "52:54:00:50:00:01", "00:00:5e:00:01:32"
FOUR = Path(
    source_mac=MINE,
    target_mac=VMAC,
    source=ip_address("10.50.50.254"),
    target=ip_address("10.50.50.50"),
)
SIX = Path(
    source_mac=MINE,
    target_mac=VMAC,
    source=ip_address("2001:db8:50::fe"),
    target=ip_address("2001:db8:50::50"),
)
ECHO = Echo(identity=0xBEEF, sequence=7, payload=b"odd")


def rebuilt(frame: bytes) -> bytes:
    """Return the frame as scapy builds it anew, with lengths and checksums of its own."""
    packet = Ether(frame)
    for layer in (IP, ICMP, IPv6, ICMPv6EchoRequest, ICMPv6EchoReply, ICMPv6ND_NS, ICMPv6ND_NA):
        if layer in packet:
            for field in ("chksum", "cksum", "len", "plen"):
                if field in {one.name for one in packet[layer].fields_desc}:
                    packet[layer].delfieldval(field)
    return bytes(packet)


@pytest.mark.parametrize(
    "frame",
    [
        frames.question(MINE, FOUR.target),
        frames.question(MINE, SIX.target),
        frames.answer(MINE, FOUR.source, to_mac=THEIRS, to=ip_address("10.50.50.51")),
        frames.answer(MINE, SIX.source, to_mac=THEIRS, to=ip_address("2001:db8:50::51")),
        frames.echo_request(FOUR, ECHO),
        frames.echo_request(SIX, ECHO),
        frames.echo_reply(FOUR, ECHO),
        frames.echo_reply(SIX, ECHO),
    ],
    ids=["arp", "ns", "arp reply", "na", "ping", "ping6", "pong", "pong6"],
)
def test_every_frame_has_the_lengths_and_checksums_that_scapy_computes(frame: bytes) -> None:
    assert rebuilt(frame) == frame


def test_an_arp_probe_names_no_sender_address() -> None:
    arp = Ether(frames.question(MINE, FOUR.target))
    assert (arp.dst, arp.src) == ("ff:ff:ff:ff:ff:ff", MINE)
    assert (arp[ARP].op, arp[ARP].psrc, arp[ARP].pdst) == (1, NOBODY, "10.50.50.50")
    assert (arp[ARP].hwsrc, arp[ARP].hwdst) == (MINE, "00:00:00:00:00:00")


def test_a_solicitation_goes_to_the_solicited_node_from_a_link_local_address() -> None:
    seen = Ether(frames.question(MINE, ip_address("2001:db8:50::12:3456")))
    assert (seen.dst, seen[IPv6].dst) == ("33:33:ff:12:34:56", "ff02::1:ff12:3456")
    assert (seen[IPv6].src, seen[IPv6].hlim) == ("fe80::ff:fe00:fe", 255)
    assert seen[ICMPv6ND_NS].tgt == "2001:db8:50::12:3456"
    assert seen[ICMPv6NDOptSrcLLAddr].lladdr == MINE


def test_an_advertisement_is_solicited_and_names_our_mac() -> None:
    seen = Ether(frames.answer(MINE, SIX.source, to_mac=THEIRS, to=ip_address("2001:db8:50::51")))
    assert (seen.dst, seen[IPv6].hlim) == (THEIRS, 255)
    assert (seen[ICMPv6ND_NA].S, seen[ICMPv6ND_NA].R) == (1, 0)
    assert seen[ICMPv6NDOptDstLLAddr].lladdr == MINE


@pytest.mark.parametrize(
    ("packet", "address"),
    [
        (ARP(op=2, psrc="10.50.50.50", hwsrc=VMAC, hwdst=MINE, pdst=NOBODY), FOUR.target),
        (
            IPv6(src="2001:db8:50::50", dst="fe80::1")
            / ICMPv6ND_NA(tgt="2001:db8:50::50", S=1)
            / ICMPv6NDOptDstLLAddr(lladdr=VMAC),
            SIX.target,
        ),
    ],
    ids=["arp", "na"],
)
def test_an_answer_is_read_with_both_its_macs(packet: Any, address: Address) -> None:  # noqa: ANN401  scapy has no types
    frame = bytes(Ether(src=THEIRS, dst=MINE) / packet) + bytes(18)
    assert sightings.read(frame) == Answered(address=address, mac=VMAC, source=THEIRS, to_mac=MINE)


def test_an_advertisement_that_nobody_asked_for_is_an_announcement() -> None:
    unasked = IPv6(src="2001:db8:50::50", dst="ff02::1") / ICMPv6ND_NA(tgt="2001:db8:50::50", S=0)
    assert sightings.read(bytes(Ether(src=THEIRS, dst=MINE) / unasked)) == Announced(
        address=SIX.target, mac=THEIRS, source=THEIRS
    )


@pytest.mark.parametrize("operation", [1, 2])
def test_a_gratuitous_arp_is_an_announcement(operation: int) -> None:
    arp = ARP(op=operation, psrc="10.50.50.50", pdst="10.50.50.50", hwsrc=VMAC)
    seen = sightings.read(bytes(Ether(src=VMAC, dst="ff:ff:ff:ff:ff:ff") / arp))
    assert seen == Announced(address=FOUR.target, mac=VMAC, source=VMAC)


@pytest.mark.parametrize(("packet", "version"), [(VRRP, 2), (VRRPv3, 3)])
@pytest.mark.parametrize("head", [IP(src="10.50.50.51", dst="10.50.50.52"), IPv6(src="fe80::1")])
def test_an_advert_is_read_with_its_sender(packet: Any, version: int, head: Any) -> None:  # noqa: ANN401  scapy has no types
    carrier = head.copy()
    carrier.setfieldval("proto" if isinstance(head, IP) else "nh", 112)
    advert = packet(vrid=50, priority=254)
    seen = sightings.read(bytes(Ether(src=THEIRS, dst=MINE) / carrier / advert))
    assert isinstance(seen, Advertised)
    assert (seen.virtual_router_id, seen.priority, seen.version) == (50, 254, version)
    assert seen.path.source == ip_address(head.src)


def test_an_advertisement_without_its_option_means_the_mac_that_sent_it() -> None:
    bare = IPv6(src="2001:db8:50::50", dst="fe80::1") / ICMPv6ND_NA(tgt="2001:db8:50::50", S=1)
    seen = sightings.read(bytes(Ether(src=THEIRS, dst=MINE) / bare))
    assert isinstance(seen, Answered)
    assert seen.mac == THEIRS


@pytest.mark.parametrize(
    ("packet", "asker", "address"),
    [
        (ARP(op=1, psrc="10.50.50.51", hwsrc=THEIRS, pdst="10.50.50.254"), "10.50.50.51", FOUR),
        (
            IPv6(src="2001:db8:50::51", dst="ff02::1:ff00:fe") / ICMPv6ND_NS(tgt="2001:db8:50::fe"),
            "2001:db8:50::51",
            SIX,
        ),
    ],
    ids=["arp", "ns"],
)
def test_a_question_is_read_with_its_asker(packet: Any, asker: str, address: Path) -> None:  # noqa: ANN401  scapy has no types
    frame = bytes(Ether(src=THEIRS, dst="ff:ff:ff:ff:ff:ff") / packet)
    assert sightings.read(frame) == Asked(
        address=address.source, asker=ip_address(asker), asker_mac=THEIRS
    )


@pytest.mark.parametrize("path", [FOUR, SIX], ids=["ipv4", "ipv6"])
def test_pings_and_replies_are_read_back_as_they_were_built(path: Path) -> None:
    padding = bytes(9)
    ping = sightings.read(frames.echo_request(path, ECHO) + padding)
    pong = sightings.read(frames.echo_reply(path.back(), ECHO) + padding)
    assert ping == Pinged(path=path, echo=ECHO)
    assert pong == Replied(path=path.back(), echo=ECHO)


@pytest.mark.parametrize(
    ("packet", "kind", "path"),
    [
        (IP(src=str(FOUR.source), dst=str(FOUR.target)) / ICMP(type=8, id=9, seq=7), Pinged, FOUR),
        (IP(src=str(FOUR.source), dst=str(FOUR.target)) / ICMP(type=0, id=9, seq=7), Replied, FOUR),
        (
            IPv6(src=str(SIX.source), dst=str(SIX.target)) / ICMPv6EchoRequest(id=9, seq=7),
            Pinged,
            SIX,
        ),
        (
            IPv6(src=str(SIX.source), dst=str(SIX.target)) / ICMPv6EchoReply(id=9, seq=7),
            Replied,
            SIX,
        ),
    ],
    ids=["ping", "pong", "ping6", "pong6"],
)
def test_pings_and_replies_of_scapy_are_read(
    packet: Any,  # noqa: ANN401  scapy has no types
    kind: type[Pinged | Replied],
    path: Path,
) -> None:
    frame = bytes(Ether(src=MINE, dst=VMAC) / packet / Raw(b"odd"))
    echo = Echo(identity=9, sequence=7, payload=b"odd")
    assert sightings.read(frame) == kind(path=path, echo=echo)


def test_a_ping_behind_ip_options_is_read() -> None:
    options = IP(src="10.50.50.51", dst="10.50.50.254", options=b"\x94\x04\x00\x00")
    packet = Ether(src=THEIRS, dst=MINE) / options / ICMP(id=1, seq=2) / Raw(b"x")
    seen = sightings.read(bytes(packet))
    assert isinstance(seen, Pinged)
    assert seen.echo == Echo(identity=1, sequence=2, payload=b"x")


@pytest.mark.parametrize("path", [FOUR, SIX], ids=["ipv4", "ipv6"])
def test_frames_cut_short_anywhere_say_nothing_and_raise_nothing(path: Path) -> None:
    whole = [
        frames.question(MINE, path.target),
        frames.answer(MINE, path.source, to_mac=THEIRS, to=path.target),
        frames.echo_request(path, Echo(identity=1, sequence=1)),
    ]
    for frame in whole:
        assert all(sightings.read(frame[:length]) is None for length in range(42))


def test_frames_of_other_protocols_say_nothing() -> None:
    udp = bytes(Ether() / IP(proto=17) / Raw(bytes(20)))
    vrrp = bytes(Ether() / IP(proto=112) / Raw(bytes(20)))
    lldp = bytes(Ether(type=0x88CC) / Raw(bytes(40)))
    assert [sightings.read(frame) for frame in (udp, vrrp, lldp)] == [None] * 3


def test_whoever_has_an_address_asks_in_its_name() -> None:
    arp = Ether(frames.question(MINE, FOUR.target, sender=FOUR.source))
    assert (arp.dst, arp[ARP].psrc) == ("ff:ff:ff:ff:ff:ff", str(FOUR.source))


def test_an_introduction_asks_one_host_alone_and_names_us() -> None:
    host = Host(mac=THEIRS, address=FOUR.target)
    arp = Ether(frames.introduction(MINE, FOUR.source, host))
    assert (arp.dst, arp[ARP].op, arp[ARP].hwsrc) == (THEIRS, 1, MINE)
    assert (arp[ARP].psrc, arp[ARP].pdst) == (str(FOUR.source), str(FOUR.target))


def test_an_introduction_by_ipv6_is_a_solicitation_from_our_own_address() -> None:
    frame = frames.introduction(MINE, SIX.source, Host(mac=THEIRS, address=SIX.target))
    assert rebuilt(frame) == frame
    seen = Ether(frame)
    assert (seen.dst, seen[IPv6].src, seen[IPv6].dst) == (THEIRS, str(SIX.source), str(SIX.target))
    assert seen[ICMPv6ND_NS].tgt == str(SIX.target)
    assert seen[ICMPv6NDOptSrcLLAddr].lladdr == MINE
