"""The tap: hears at the host's end of every guest's cable which MAC comes in where, and VRRP."""

import socket
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from vipprov.guest.errors import HypervisorError
from vipprov.hv.plug import ETH_P_ALL
from vipprov.hv.probing import bpf, recorder
from vipprov.hv.probing.orders import Orders
from vipprov.hv.probing.recorder import Recorder


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
        bpf.attach(wire, macs)  # before it hears anything
        wire.bind(("", ETH_P_ALL))
        with recorder.recording(wire, Orders()) as recording:
            yield recording
