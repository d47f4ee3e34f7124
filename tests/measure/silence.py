"""Silence: how long no advert of a pair came in at the members' NICs."""

import select
import socket
from collections.abc import Mapping
from pathlib import Path

from vipprov.guest.deadline import Clock
from vipprov.hv import namespace, sightings
from vipprov.hv.probing import bpf, record, wire
from vipprov.hv.sightings import Advertised

_ETH_P_IP = 0x0800


class Ears:
    """A socket at each member's NIC, and the longest silence of each virtual router.

    Moments are the kernel's own, so that a listener that has to wait for its core hears no later.
    """

    def __init__(self, clock: Clock, pids: Mapping[int, int]) -> None:
        """Listen in the network namespaces of these processes, each with its router id."""
        self._clock = clock
        self._routers = {_listening(pid): router for pid, router in pids.items()}
        self._heard: dict[int, float] = {}
        self._longest = dict.fromkeys(pids.values(), 0.0)
        self._dropped = 0

    def listen(self, until: float) -> None:
        """Hear what comes until this moment."""
        while (left := until - self._clock.now()) > 0:
            for ear in select.select(list(self._routers), [], [], left)[0]:
                self._drain(ear)

    def take(self) -> tuple[dict[int, float], int]:
        """Return the longest silences since the last call, and how many frames were missed."""
        longest, self._longest = self._longest, dict.fromkeys(self._longest, 0.0)
        return longest, sum(wire.counts(ear)[1] for ear in self._routers)

    def close(self) -> None:
        for ear in self._routers:
            ear.close()

    def _drain(self, ear: socket.socket) -> None:
        lead = wire.lead()
        while True:
            try:
                data, ancillary, _, _ = ear.recvmsg(record.LONGEST_FRAME, wire.ANCILLARY)
            except BlockingIOError:
                return
            if isinstance(sightings.read(data), Advertised):
                self._hear(self._routers[ear], wire.stamp(ancillary, lead))

    def _hear(self, router: int, at: float) -> None:
        silence = at - self._heard.get(router, at)
        self._longest[router] = max(self._longest[router], silence)
        self._heard[router] = max(at, self._heard.get(router, at))


def _listening(pid: int) -> socket.socket:
    def opened() -> socket.socket:
        ear = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, 0)
        bpf.attach(ear, bpf.of_pair(()))
        ear.bind(("eth0", _ETH_P_IP))
        return ear

    return wire.ready(namespace.within(Path(f"/proc/{pid}/ns/net"), opened).detach())
