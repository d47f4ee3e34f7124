"""A leaf that snoops ARP: whoever speaks ARP on a port becomes a neighbour of the leaf's bridge.

Runs in the namespace of a leaf as `python -m vipprov.hv.fabric.arpsnoop FOLDER PORT BRIDGE …`;
FOLDER only tells whose it is. zebra hears of neighbours from the kernel and advertises their
addresses, as a switch does that snoops. Without a netlink library, so that it starts at once.
"""

import ctypes
import select
import socket
import struct
import sys
from collections.abc import Sequence

ETH_P_ALL = 3  # a bridge takes frames of its ports before sockets for one protocol see them
ETH_P_ARP = 0x0806
SO_ATTACH_FILTER = 26
OUTGOING = 4
LONGEST = 64
NOBODY = bytes(4)
# ldh [12]; jeq ARP; ret all; ret nothing: the kernel passes us ARP alone.
PROGRAM = ((0x28, 0, 0, 12), (0x15, 0, 1, ETH_P_ARP), (0x06, 0, 0, 0xFFFF), (0x06, 0, 0, 0))
# struct nlmsghdr and struct ndmsg of linux/rtnetlink.h and linux/neighbour.h
RTM_NEWNEIGH, REQUEST_CREATE_REPLACE = 28, 0x1 | 0x400 | 0x100
NUD_STALE, UNICAST = 0x04, 1
NDA_DST, NDA_LLADDR = 1, 2


def sender(frame: bytes) -> tuple[bytes, bytes] | None:
    """Return the IPv4 address and the MAC of who speaks in an ARP frame; None where nobody does."""
    if len(frame) < 42 or frame[12:14] != ETH_P_ARP.to_bytes(2) or frame[14:18] != b"\0\1\x08\0":  # noqa: PLR2004  an Ethernet header and ARP for IPv4
        return None
    mac, address = frame[22:28], frame[28:32]
    return None if address == NOBODY else (address, mac)


def neighbour(index: int, address: bytes, mac: bytes) -> bytes:
    """Return the netlink message that makes this a stale neighbour of a link."""
    attributes = struct.pack("=HH4sHH6s2x", 8, NDA_DST, address, 10, NDA_LLADDR, mac)
    body = struct.pack("=B3xiHBB", socket.AF_INET, index, NUD_STALE, 0, UNICAST) + attributes
    header = struct.pack("=IHHII", 16 + len(body), RTM_NEWNEIGH, REQUEST_CREATE_REPLACE, 1, 0)
    return header + body


def main(pairs: Sequence[str]) -> None:
    """Listen on ports and tell the kernel, until this process is ended."""
    bridges = {
        _listening(port): socket.if_nametoindex(bridge)
        for port, bridge in zip(pairs[::2], pairs[1::2], strict=True)
    }
    while True:
        for port in select.select([*bridges], [], [])[0]:
            frame, origin = port.recvfrom(LONGEST)
            heard = sender(frame) if origin[2] != OUTGOING else None
            if heard is not None:
                _tell(neighbour(bridges[port], *heard))


def _listening(port: str) -> socket.socket:
    opened = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, 0)
    code = b"".join(struct.pack("=HBBI", *step) for step in PROGRAM)
    buffer = ctypes.create_string_buffer(code)
    program = struct.pack("HL", len(PROGRAM), ctypes.addressof(buffer))
    opened.setsockopt(socket.SOL_SOCKET, SO_ATTACH_FILTER, program)
    opened.bind((port, ETH_P_ALL))
    return opened


def _tell(message: bytes) -> None:
    with socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, socket.NETLINK_ROUTE) as kernel:
        kernel.send(message)


if __name__ == "__main__":
    main(sys.argv[2:])
