"""A socket filter in the kernel: of all that a host forwards, let through what tells of a vIP."""

import ctypes
import socket
import struct
from collections.abc import Sequence

from vipprov.hv import frames

_SO_ATTACH_FILTER = 26
_INSTRUCTION = struct.Struct("=HBBI")
_LOAD_WORD, _LOAD_HALF, _LOAD_BYTE = 0x20, 0x28, 0x30
_JUMP_EQUAL, _RETURN = 0x15, 0x06
_ALL = 0x40000
_ETHERTYPE, _SOURCE_HIGH, _SOURCE_LOW = 12, 6, 8
_PROTOCOL_OF_IPV4, _PROTOCOL_OF_IPV6 = 23, 20


def attach(wire: socket.socket, macs: Sequence[str]) -> None:
    """Let through ARP, VRRP, and all that comes from one of these MACs."""
    code = b"".join(program(macs))
    held = ctypes.create_string_buffer(code, len(code))
    head = struct.pack("@HP", len(code) // _INSTRUCTION.size, ctypes.addressof(held))
    wire.setsockopt(socket.SOL_SOCKET, _SO_ATTACH_FILTER, head)


def program(macs: Sequence[str]) -> tuple[bytes, ...]:
    """Return the instructions of the filter."""
    tests: list[bytes] = []
    for mac in macs:
        octets = frames.octets(mac)
        high, low = int.from_bytes(octets[:2]), int.from_bytes(octets[2:])
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


def _code(operation: int, operand: int, *, yes: int = 0, no: int = 0) -> bytes:
    return _INSTRUCTION.pack(operation, yes, no, operand)
