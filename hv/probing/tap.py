"""The tap: hears at the host's end of every guest's cable which MAC comes in where, and VRRP."""

import ctypes
import os
import socket
import struct
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from vipprov.guest.errors import HypervisorError
from vipprov.hv.plug import ETH_P_ALL
from vipprov.hv.probing import bpf, recorder
from vipprov.hv.probing.orders import Orders
from vipprov.hv.probing.recorder import Recorder

# struct sockaddr_ll of packet(7); device 0 is every one.
_ADDRESS = struct.Struct("@HHiHBB8s")


@contextmanager
def tapped(macs: Sequence[str]) -> Iterator[Recorder]:
    """Record ARP, VRRP and the frames of these MACs, on all devices that come and go."""
    try:
        wire = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, 0)
    except PermissionError as error:
        raise HypervisorError(
            "Could not listen on this machine's devices.", hint="Run as root."
        ) from error
    with wire:
        bpf.attach(wire, bpf.of_pair(macs))  # before it hears anything
        _hear_every_device(wire)
        with recorder.recording(wire, Orders()) as recording:
            yield recording


def _hear_every_device(wire: socket.socket) -> None:
    # Python's own bind wants the name of a device.
    protocol = socket.htons(ETH_P_ALL)
    address = _ADDRESS.pack(socket.AF_PACKET, protocol, 0, 0, 0, 0, b"")
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.bind(wire.fileno(), address, len(address)) != 0:
        raise HypervisorError(
            "Could not listen on this machine's devices.",
            details=os.strerror(ctypes.get_errno()),
        )
