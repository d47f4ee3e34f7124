"""The program of a recording process: it sends probes on time, and writes down all that comes.

Arguments: the descriptor of a raw socket, that of a file to append records to, and the orders. It
ends a moment after its standard input does, so that it never outlives whoever started it.
"""

import gc
import os
import select
import socket
import struct
import sys
import time
from contextlib import suppress
from dataclasses import replace

from vipprov.hv import frames, sightings
from vipprov.hv.frames import Echo
from vipprov.hv.probing import orders, record, wire
from vipprov.hv.probing.orders import Orders
from vipprov.hv.sightings import Announced, Answered, Asked, Pinged, Replied

SEQUENCE = struct.Struct("!Q")
LINGER = 0.25
"""Seconds after the last probe in which its reply may still come."""

_AT_ONCE = 64
# A client whose neighbour stays silent asks anew once a second (RFC 4861, RETRANS_TIMER).
_ASK_AFTER = 1.0
_CATCH_UP = 1.0
_COUNT_EVERY = 0.5


class Loop:
    """Sends and receives on one socket, in one thread that does nothing else."""

    def __init__(self, socket_: socket.socket, records: int, told: Orders) -> None:
        self._wire, self._records = socket_, records
        self._aims, self._interval, self._told = list(told.aims), told.interval, told.told
        self._latest = time.monotonic() + told.seconds
        self._own = {aim.source: aim.source_mac for aim in told.aims}
        self._sequence = 0
        self._spoken = [time.monotonic()] * len(told.aims)
        self._written: list[bytes] = []
        self._counted, self._lead = time.monotonic(), wire.lead()

    def run(self, stop: int) -> None:
        """Work until `stop` can be read, and a moment longer for what is still under way."""
        if self._aims:
            self._begin()
        due = time.monotonic()
        end: float | None = None
        while end is None or time.monotonic() < end:
            due = self._send_due(due) if end is None else end
            watched: list[socket.socket | int] = [self._wire, *([stop] if end is None else [])]
            wake = due if self._aims or end else self._latest
            patience = max(0.0, wake - time.monotonic())
            ready = select.select(watched, [], [], patience)[0]
            if self._wire in ready:
                self._drain()
            if stop in ready or (end is None and time.monotonic() > self._latest):
                end = time.monotonic() + LINGER
            if time.monotonic() > self._counted + _COUNT_EVERY:
                self._count()
            self._write()
        self._count()
        self._write()

    def _begin(self) -> None:
        """Tell where we are; whoever had the address before is still in somebody's table."""
        for address, mac in self._own.items():
            self._send(frames.announcement(mac, address))
            for host in self._told:
                if host.address.version == address.version:
                    self._send(frames.introduction(mac, address, host))
        # What was dropped while this program started belongs to others: a bridge floods us with
        # the replies that other probers wait for, and no probe of ours has been sent.
        wire.counts(self._wire)

    def _send_due(self, due: float) -> float:
        now = time.monotonic()
        due = max(due, now - _CATCH_UP)  # a machine that slept owes no probes
        while self._aims and due <= now:
            for number, aim in enumerate(self._aims):
                payload = SEQUENCE.pack(self._sequence)
                echo = Echo(identity=number, sequence=self._sequence & 0xFFFF, payload=payload)
                frame = frames.echo_request(aim, echo)
                at = time.monotonic()
                self._send(frame)
                self._written.append(record.sent(at, number, self._sequence))
                if now - self._spoken[number] > _ASK_AFTER:
                    self._spoken[number] = now
                    question = frames.question(aim.source_mac, aim.target, sender=aim.source)
                    self._send(question)
            self._sequence += 1
            due += self._interval
        return due

    def _send(self, frame: bytes) -> None:
        # A probe that the kernel cannot send is a lost one, and its record says when.
        with suppress(OSError):
            self._wire.send(frame)

    def _drain(self) -> None:
        for _ in range(_AT_ONCE):
            try:
                data, ancillary, _, sender = self._wire.recvmsg(
                    record.LONGEST_FRAME, wire.ANCILLARY
                )
            except BlockingIOError:
                return
            except OSError:  # the device went away, or down
                return
            self._written.append(record.frame(wire.stamp(ancillary, self._lead), sender[0], data))
            if self._aims:
                self._heed(data)

    def _heed(self, data: bytes) -> None:
        match sightings.read(data):
            case Asked(address=address, asker=asker, asker_mac=to_mac):
                if address in self._own and not asker.is_unspecified:
                    self._send(frames.answer(self._own[address], address, to_mac=to_mac, to=asker))
            case Answered(address=address, mac=mac) | Announced(address=address, mac=mac):
                self._learn(address, mac)
            case Pinged(path=path, echo=echo):
                if path.target in self._own and path.target_mac == self._own[path.target]:
                    self._send(frames.echo_reply(path.back(), echo))
            case Replied(path=path, echo=echo):
                if path.target in self._own and echo.identity < len(self._spoken):
                    self._spoken[echo.identity] = time.monotonic()
            case _:
                pass

    def _count(self) -> None:
        """Write down what the kernel had for us since the last time; reading resets its counts."""
        self._counted, self._lead = time.monotonic(), wire.lead()
        self._written.append(record.counted(self._counted, *wire.counts(self._wire)))

    def _learn(self, address: object, mac: str) -> None:
        """Follow the target to a new MAC, as the table of any client does."""
        for number, aim in enumerate(self._aims):
            if aim.target == address and aim.target_mac != mac:
                self._aims[number] = replace(aim, target_mac=mac)

    def _write(self) -> None:
        if self._written:
            os.write(self._records, b"".join(self._written))
            self._written.clear()


def _punctual() -> None:
    """Ask the kernel to let us run when our time has come, whoever else is busy."""
    with suppress(PermissionError):  # a container may not; then we are as punctual as we can be
        os.sched_setscheduler(0, os.SCHED_FIFO, os.sched_param(1))
    gc.disable()


if __name__ == "__main__":
    _punctual()
    Loop(wire.ready(int(sys.argv[1])), int(sys.argv[2]), orders.load(sys.argv[3])).run(
        sys.stdin.fileno()
    )
