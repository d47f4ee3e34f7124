import socket
import struct
from ipaddress import IPv4Address, ip_address

import pytest

from vipprov.hv import frames
from vipprov.hv.fabric import arpsnoop

MAC, ASKER_MAC = "02:00:00:00:00:07", "02:00:00:00:00:08"
ADDRESS, ASKER = IPv4Address("192.0.2.7"), IPv4Address("192.0.2.8")
ARP_ANSWER = frames.answer(MAC, ADDRESS, to_mac=ASKER_MAC, to=ASKER)


@pytest.mark.parametrize("frame", [ARP_ANSWER, frames.announcement(MAC, ADDRESS)])
def test_whoever_speaks_arp_has_its_address(frame: bytes) -> None:
    assert arpsnoop.sender(frame) == (ADDRESS.packed, frames.octets(MAC))


@pytest.mark.parametrize(
    "frame",
    [
        frames.question(MAC, ADDRESS),
        frames.question(MAC, ip_address("2001:db8::7")),
        ARP_ANSWER[:41],
        b"",
    ],
)
def test_a_probe_has_no_sender_and_other_frames_are_not_arp(frame: bytes) -> None:
    assert arpsnoop.sender(frame) is None


def test_the_kernel_is_told_link_address_and_mac() -> None:
    message = arpsnoop.neighbour(7, ADDRESS.packed, frames.octets(MAC))
    length, kind = struct.unpack_from("=IH", message)
    assert (length, kind) == (len(message), arpsnoop.RTM_NEWNEIGH)
    family, index, state = struct.unpack_from("=B3xiH", message, 16)
    assert (family, index, state) == (socket.AF_INET, 7, arpsnoop.NUD_STALE)
    assert ADDRESS.packed in message
    assert frames.octets(MAC) in message
