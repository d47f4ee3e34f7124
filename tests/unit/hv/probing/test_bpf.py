"""The socket filters, run by a machine of a few instructions, against frames of scapy's."""

import struct
from collections.abc import Sequence

import pytest
from scapy.layers.inet import ICMP, IP
from scapy.layers.inet6 import ICMPv6EchoRequest, IPv6
from scapy.layers.l2 import ARP, Ether
from scapy.packet import Packet, Raw

from vipprov.hv.probing import bpf

MACS = ("00:00:5e:00:01:32", "00:00:5e:00:02:32")
OTHER = "52:54:00:50:00:01"
BROADCAST = "ff:ff:ff:ff:ff:ff"


def passes(program: Sequence[bytes], frame: bytes) -> bool:
    """Run the filter as the kernel does; a load past the end of the frame drops it."""
    code = [struct.unpack("=HBBI", one) for one in program]
    at, accumulator = 0, 0
    while True:
        operation, yes, no, operand = code[at]
        match operation:
            case 0x20 | 0x28 | 0x30:
                size = {0x20: 4, 0x28: 2, 0x30: 1}[operation]
                if operand + size > len(frame):
                    return False
                accumulator = int.from_bytes(frame[operand : operand + size])
            case 0x15:
                at += yes if accumulator == operand else no
            case 0x45:
                at += yes if accumulator & operand else no
            case 0x06:
                return bool(operand)
            case _:
                raise AssertionError(operation)
        at += 1


@pytest.mark.parametrize(
    ("packet", "wanted"),
    [
        (Ether(src=MACS[0]) / IP() / ICMP(), True),
        (Ether(src=MACS[1]) / IPv6() / ICMPv6EchoRequest(), True),
        (Ether(src=OTHER) / ARP(), True),
        (Ether(src=OTHER) / IP(proto=112) / Raw(bytes(20)), True),
        (Ether(src=OTHER) / IPv6(nh=112) / Raw(bytes(20)), True),
        (Ether(src=OTHER) / IP() / ICMP(), False),
        (Ether(src=OTHER) / IPv6() / ICMPv6EchoRequest(), False),
        (Ether(src="00:00:5e:00:01:33") / IP() / ICMP(), False),
        (Ether(src="00:01:5e:00:01:32") / IP() / ICMP(), False),
    ],
    ids=str,
)
def test_what_tells_of_a_virtual_ip_passes_and_nothing_else(packet: Packet, wanted: bool) -> None:  # noqa: FBT001  a column of the table
    assert passes(bpf.of_pair(MACS), bytes(packet)) is wanted


@pytest.mark.parametrize(
    ("packet", "wanted"),
    [
        (Ether(dst=OTHER) / IP() / ICMP(), True),
        (Ether(dst=BROADCAST) / ARP(), True),
        (Ether(dst="33:33:00:00:00:01") / IPv6(), True),
        (Ether(dst=MACS[0]) / IP() / ICMP(), False),
        (Ether(dst="52:54:00:50:00:02") / IP() / ICMP(), False),
        (Ether(dst="52:56:00:50:00:01") / IP() / ICMP(), False),
    ],
    ids=str,
)
def test_a_prober_hears_what_is_for_it_or_for_several(packet: Packet, wanted: bool) -> None:  # noqa: FBT001  a column of the table
    assert passes(bpf.to_host(OTHER), bytes(packet)) is wanted
