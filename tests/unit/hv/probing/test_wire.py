"""The kernel's stamps, by the wall clock, become moments of the monotonic one."""

import socket
import struct
import time

from vipprov.hv.probing import wire

TIMESTAMPNS = 35


def ancillary(nanoseconds: int) -> list[tuple[int, int, bytes]]:
    stamp = struct.pack("@qq", *divmod(nanoseconds, 1_000_000_000))
    return [(socket.SOL_SOCKET, TIMESTAMPNS, stamp)]


def test_a_stamp_of_this_moment_is_this_moment() -> None:
    lead = wire.lead()
    before = time.monotonic()
    seen = wire.stamp(ancillary(time.time_ns()), lead)
    assert before - 0.001 <= seen <= time.monotonic() + 0.001


def test_stamps_keep_their_distance_and_order() -> None:
    first, second = (wire.stamp(ancillary(at), 7) for at in (1_000_000_007, 1_000_001_007))
    assert first == 1.0
    assert round((second - first) * 1e9) == 1000


def test_a_frame_without_a_stamp_came_now() -> None:
    before = time.monotonic()
    assert before <= wire.stamp([], 0) <= time.monotonic()
