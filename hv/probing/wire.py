"""A raw socket as a recording process needs it: time stamps, a long queue, and what that lost."""

import socket
import struct
import time

_SO_TIMESTAMPNS, _SO_RCVBUFFORCE = 35, 33
_SOL_PACKET, _PACKET_STATISTICS, _PACKET_IGNORE_OUTGOING = 263, 6, 23
_TIMESPEC = struct.Struct("@qq")
_STATISTICS = struct.Struct("@II")
_BUFFER = 16 << 20
_COMPARISONS = 5

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


def lead() -> int:
    """Return by how many nanoseconds the wall clock, which the kernel stamps by, is ahead.

    Whoever is interrupted between two clocks compares different moments, so the quickest of some
    comparisons counts. One lead for many frames keeps them in the order of the kernel's stamps.
    """

    def compared() -> tuple[int, int]:
        before, wall, after = time.monotonic_ns(), time.time_ns(), time.monotonic_ns()
        return after - before, wall - (before + after) // 2

    return min(compared() for _ in range(_COMPARISONS))[1]


def stamp(ancillary: list[tuple[int, int, bytes]], lead: int) -> float:
    """Return when the kernel got the frame, in monotonic seconds."""
    for level, kind, data in ancillary:
        if level == socket.SOL_SOCKET and kind == _SO_TIMESTAMPNS:
            seconds, nanoseconds = _TIMESPEC.unpack(data)
            at: int = seconds * 1_000_000_000 + nanoseconds - lead
            return at / 1e9
    return time.monotonic()


def counts(wire: socket.socket) -> tuple[int, int]:
    """Return the frames that came since the last call, and those that the kernel dropped."""
    told = wire.getsockopt(_SOL_PACKET, _PACKET_STATISTICS, _STATISTICS.size)
    frames, drops = _STATISTICS.unpack(told)
    return frames, drops
