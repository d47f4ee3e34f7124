"""Socket filters in the kernel: of all that passes, let through what a recording process reads."""

import ctypes
import socket
import struct
from collections.abc import Sequence

from vipprov.hv import frames

_SO_ATTACH_FILTER = 26
_INSTRUCTION = struct.Struct("=HBBI")
_LOAD_WORD, _LOAD_HALF, _LOAD_BYTE = 0x20, 0x28, 0x30
_JUMP_EQUAL, _JUMP_IF_ANY, _RETURN = 0x15, 0x45, 0x06
_ALL = 0x40000
_TARGET_HIGH, _TARGET_LOW, _SOURCE_HIGH, _SOURCE_LOW, _ETHERTYPE = 0, 2, 6, 8, 12
_FOR_SEVERAL = 0x01  # the bit in the first octet of a multicast or broadcast address
_PROTOCOL_OF_IPV4, _PROTOCOL_OF_IPV6 = 23, 20


def attach(wire: socket.socket, program: Sequence[bytes]) -> None:
    """Have the kernel run this program on every frame from now on."""
    code = b"".join(program)
    held = ctypes.create_string_buffer(code, len(code))
    head = struct.pack("@HP", len(code) // _INSTRUCTION.size, ctypes.addressof(held))
    wire.setsockopt(socket.SOL_SOCKET, _SO_ATTACH_FILTER, head)


def to_host(mac: str) -> tuple[bytes, ...]:
    """Let through what is for this host alone, or for several: a bridge that floods hands over all.

    On a bridge that learns nothing every host gets what all others are sent.
    """
    high, low = _halves(mac)
    return (
        _code(_LOAD_BYTE, _TARGET_HIGH),
        _code(_JUMP_IF_ANY, _FOR_SEVERAL, yes=4),
        _code(_LOAD_HALF, _TARGET_HIGH),
        _code(_JUMP_EQUAL, high, no=3),
        _code(_LOAD_WORD, _TARGET_LOW),
        _code(_JUMP_EQUAL, low, no=1),
        _code(_RETURN, _ALL),
        _code(_RETURN, 0),
    )


def of_pair(macs: Sequence[str]) -> tuple[bytes, ...]:
    """Let through ARP, VRRP, and all that comes from one of these MACs."""
    tests: list[bytes] = []
    for mac in macs:
        high, low = _halves(mac)
        tests += [
            _code(_LOAD_HALF, _SOURCE_HIGH),
            _code(_JUMP_EQUAL, high, no=3),
            _code(_LOAD_WORD, _SOURCE_LOW),
            _code(_JUMP_EQUAL, low, no=1),
            _code(_RETURN, _ALL),
        ]
    return (
        *tests,
        _code(_LOAD_HALF, _ETHERTYPE),
        _code(_JUMP_EQUAL, frames.ETHERTYPE_ARP, yes=6),
        _code(_JUMP_EQUAL, frames.ETHERTYPE_IPV6, yes=2),
        _code(_LOAD_BYTE, _PROTOCOL_OF_IPV4),
        _code(_JUMP_EQUAL, frames.VRRP, yes=3, no=2),
        _code(_LOAD_BYTE, _PROTOCOL_OF_IPV6),
        _code(_JUMP_EQUAL, frames.VRRP, yes=1),
        _code(_RETURN, 0),
        _code(_RETURN, _ALL),
    )


def _halves(mac: str) -> tuple[int, int]:
    octets = frames.octets(mac)
    return int.from_bytes(octets[:2]), int.from_bytes(octets[2:])


def _code(operation: int, operand: int, *, yes: int = 0, no: int = 0) -> bytes:
    return _INSTRUCTION.pack(operation, yes, no, operand)
