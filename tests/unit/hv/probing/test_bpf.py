"""The tap's filter, run by a machine of a few instructions, against frames of scapy's."""

import struct

import pytest
from scapy.layers.inet import ICMP, IP
from scapy.layers.inet6 import ICMPv6EchoRequest, IPv6
from scapy.layers.l2 import ARP, Ether
from scapy.packet import Packet, Raw

from vipprov.hv.probing import bpf

MACS = ("00:00:5e:00:01:32", "00:00:5e:00:02:32")
OTHER = "52:54:00:50:00:01"


def passes(frame: bytes) -> bool:
    """Run the filter as the kernel does; a load past the end of the frame drops it."""
    code = [struct.unpack("=HBBI", one) for one in bpf.program(MACS)]
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
    assert passes(bytes(packet)) is wanted
