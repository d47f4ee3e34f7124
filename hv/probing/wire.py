"""A raw socket as a recording process needs it: time stamps, a long queue, and what that lost."""

import socket
import struct
import time

_SO_TIMESTAMPNS, _SO_RCVBUFFORCE = 35, 33
_SOL_PACKET, _PACKET_STATISTICS, _PACKET_IGNORE_OUTGOING = 263, 6, 23
_TIMESPEC = struct.Struct("@qq")
_STATISTICS = struct.Struct("@II")
_BUFFER = 16 << 20

ANCILLARY = socket.CMSG_SPACE(_TIMESPEC.size)
"""Octets that a time stamp takes beside a frame."""


def ready(descriptor: int) -> socket.socket:
    """Return the socket behind the descriptor, which waits for nothing from now on."""
    wire = socket.socket(fileno=descriptor)
    wire.settimeout(0)
    wire.setsockopt(socket.SOL_SOCKET, _SO_RCVBUFFORCE, _BUFFER)
    wire.setsockopt(socket.SOL_SOCKET, _SO_TIMESTAMPNS, 1)
    wire.setsockopt(_SOL_PACKET, _PACKET_IGNORE_OUTGOING, 1)
    return wire


def stamp(ancillary: list[tuple[int, int, bytes]]) -> float:
    """Return when the kernel got the frame, in monotonic seconds."""
    now = time.monotonic()
    for level, kind, data in ancillary:
        if level == socket.SOL_SOCKET and kind == _SO_TIMESTAMPNS:
            seconds, nanoseconds = _TIMESPEC.unpack(data)
            age: int = time.time_ns() - seconds * 1_000_000_000 - nanoseconds
            return now - age / 1e9
    return now


def counts(wire: socket.socket) -> tuple[int, int]:
    """Return the frames that came since the last call, and those that the kernel dropped."""
    told = wire.getsockopt(_SOL_PACKET, _PACKET_STATISTICS, _STATISTICS.size)
    frames, drops = _STATISTICS.unpack(told)
    return frames, drops
