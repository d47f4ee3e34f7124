"""Reach a TCP port of a machine by its IPv6 link-local address, as a neighbour on its bridge.

The host has no address on the guests' networks, and needs none: at the end of a cable of its own,
IPv6 gives a socket an address that nobody else can have.
"""

import errno
import fcntl
import os
import socket
import struct
from contextlib import ExitStack
from ipaddress import IPv6Address

from vipprov.guest.deadline import Deadline
from vipprov.hv import cable

SIOCGIFINDEX = 0x8933
ALIAS = "vipprov-link"


def connect(bridge: str, address: IPv6Address, port: int, *, by: Deadline) -> socket.socket:
    """Return a socket that is connected to a port of a neighbour; OSError where nobody answers."""
    with ExitStack() as undo:
        wire, namespace = cable.namespace(_stream)
        undo.callback(wire.close)
        try:
            cable.lay(bridge, namespace, alias=ALIAS, by=by)
        finally:
            os.close(namespace)
        cable.bring_up(wire)
        question = struct.pack("16si12x", cable.INSIDE.encode(), 0)
        (index,) = struct.unpack_from("i", fcntl.ioctl(wire, SIOCGIFINDEX, question), 16)
        target = (str(address), port, 0, index)
        by.poll(lambda: _connected(wire, target, by=by), what=f"an address on {bridge}", every=0.02)
        undo.pop_all()
        return wire


def _stream() -> socket.socket:
    # The address is made from a MAC that is random: it need not be tried out for a second.
    (cable.IPV6 / "default" / "accept_dad").write_text("0")
    return socket.socket(socket.AF_INET6, socket.SOCK_STREAM)


def _connected(
    wire: socket.socket, target: tuple[str, int, int, int], *, by: Deadline
) -> bool | None:
    """Return True once connected, None while the namespace has no address yet."""
    wire.settimeout(max(by.remaining, 0.001))
    try:
        wire.connect(target)
    except OSError as error:
        if error.errno in (errno.EADDRNOTAVAIL, errno.ENETUNREACH):
            return None
        raise
    wire.settimeout(None)
    return True
