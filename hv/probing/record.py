"""Records: what a recording process writes down, in bytes that cost it next to nothing."""

import struct
from dataclasses import dataclass

LONGEST_FRAME = 160
"""Octets of a frame that are kept: more than any frame has that we read."""

_HEAD = struct.Struct("<BdHB")
_SEQUENCE = struct.Struct("<BQ")
_COUNTS = struct.Struct("<QQ")


@dataclass(frozen=True, slots=True, kw_only=True)
class Sent:
    """A probe that was handed to the kernel; `aim` says which of the recorder's aims it went to."""

    at: float
    aim: int
    sequence: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Frame:
    """A frame that reached a device, by the kernel's own time stamp."""

    at: float
    device: str
    data: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Counted:
    """Frames that the kernel had for us since it was last asked, and those that it dropped."""

    at: float
    frames: int
    drops: int


Record = Sent | Frame | Counted


_SENT, _FRAME, _COUNTED = 1, 2, 3


def sent(at: float, aim: int, sequence: int) -> bytes:
    """Return the record of a probe."""
    return _whole(_SENT, at, b"", _SEQUENCE.pack(aim, sequence))


def frame(at: float, device: str, data: bytes) -> bytes:
    """Return the record of a frame."""
    return _whole(_FRAME, at, device.encode(), data[:LONGEST_FRAME])


def counted(at: float, frames: int, drops: int) -> bytes:
    """Return the record of the kernel's counts."""
    return _whole(_COUNTED, at, b"", _COUNTS.pack(frames, drops))


def parse(data: bytes) -> tuple[tuple[Record, ...], int]:
    """Return the records that are there as a whole, and how many octets these take."""
    found: list[Record] = []
    start = 0
    while start + _HEAD.size <= len(data):
        kind, at, size, named = _HEAD.unpack_from(data, start)
        end = start + _HEAD.size + named + size
        if end > len(data):
            break
        name, body = data[end - size - named : end - size], data[end - size : end]
        found.append(_read(kind, at, name, body))
        start = end
    return tuple(found), start


def _whole(kind: int, at: float, name: bytes, body: bytes) -> bytes:
    return _HEAD.pack(kind, at, len(body), len(name)) + name + body


def _read(kind: int, at: float, name: bytes, body: bytes) -> Record:
    # There are thousands a second: no more is done to each than has to be.
    if kind == _SENT:
        aim, sequence = _SEQUENCE.unpack(body)
        return Sent(at=at, aim=aim, sequence=sequence)
    if kind == _FRAME:
        return Frame(at=at, device=name.decode(), data=body)
    frames, drops = _COUNTS.unpack(body)
    return Counted(at=at, frames=frames, drops=drops)
