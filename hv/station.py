"""The station: reads a raw socket, answers for its own addresses, passes on what else it hears."""

import select
import socket
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from queue import Empty, SimpleQueue
from typing import assert_never

from vipprov.guest.deadline import Clock, Deadline
from vipprov.guest.errors import HypervisorError
from vipprov.guest.pair import Address
from vipprov.hv import frames, sightings
from vipprov.hv.frames import Host
from vipprov.hv.sightings import (
    Advertised,
    Announced,
    Answered,
    Asked,
    Pinged,
    Replied,
    Sighting,
)

_LARGEST = 65536
_OUTGOING = 4


class Heard:
    """What one listener has heard since it began to listen."""

    def __init__(self) -> None:
        self._queue = SimpleQueue[tuple[float, Sighting]]()

    def put(self, at: float, sighting: Sighting) -> None:
        self._queue.put((at, sighting))

    def until(self, by: Deadline) -> Iterator[tuple[float, Sighting]]:
        """Yield what comes until the deadline, and when it came."""
        while True:
            try:
                yield self._queue.get(timeout=by.remaining)
            except Empty:
                return


class Station:
    """A host without a kernel's stack. Several threads may send and listen at once."""

    def __init__(self, wire: socket.socket, clock: Clock) -> None:
        self.mac = frames.text(wire.getsockname()[4])
        self._wire, self._clock = wire, clock
        self._own: tuple[Address, ...] = ()
        self._listeners: tuple[Heard, ...] = ()
        self._lock = threading.Lock()
        self._failure: OSError | None = None

    def send(self, frame: bytes) -> None:
        """Send the frame as it is."""
        try:
            if self._failure is not None:
                raise self._failure
            self._wire.send(frame)
        except OSError as error:
            raise HypervisorError(
                "The observer was unplugged.", details=str(error), hint="Look at its bridge."
            ) from error

    @contextmanager
    def hearing(self) -> Iterator[Heard]:
        """Listen within the block for what is said to us."""
        heard = Heard()
        with self._lock:
            self._listeners = (*self._listeners, heard)
        try:
            yield heard
        finally:
            with self._lock:
                self._listeners = tuple(one for one in self._listeners if one is not heard)

    def own(self, version: int) -> Address | None:
        """Return an address of ours of this version of IP."""
        return next((one for one in self._own if one.version == version), None)

    @contextmanager
    def answering(self, address: Address, *, told: Sequence[Host] = ()) -> Iterator[None]:
        """Have this address within the block; tell it to all, and to these hosts themselves."""
        with self._lock:
            self._own = (*self._own, address)
        # An earlier observer may have had it, under a MAC that guests still remember.
        self.send(frames.announcement(self.mac, address))
        for host in told:
            if host.address.version == address.version:
                self.send(frames.introduction(self.mac, address, host))
        try:
            yield
        finally:
            with self._lock:
                self._own = tuple(own for own in self._own if own != address)

    @contextmanager
    def working(self) -> Iterator[None]:
        """Read and answer within the block, in a thread."""
        stop, stopped = socket.socketpair()
        reader = threading.Thread(target=self._read, args=(stopped,), daemon=True)
        with stop, stopped:
            reader.start()
            try:
                yield
            finally:
                stop.send(b"\0")
                reader.join()

    def _read(self, stopped: socket.socket) -> None:
        try:
            while stopped not in select.select([self._wire, stopped], [], [])[0]:
                frame, sender = self._wire.recvfrom(_LARGEST)
                sighting = sightings.read(frame) if sender[2] != _OUTGOING else None
                if sighting is not None:
                    self._act(sighting)
        except (OSError, HypervisorError) as error:
            cause = error if isinstance(error, OSError) else error.__cause__
            self._failure = cause if isinstance(cause, OSError) else OSError(str(error))

    def _act(self, sighting: Sighting) -> None:
        match sighting:
            case Asked(address=address, asker=asker, asker_mac=to_mac):
                if address in self._own and not asker.is_unspecified:
                    self.send(frames.answer(self.mac, address, to_mac=to_mac, to=asker))
            case Pinged(path=path, echo=echo):
                if path.target in self._own and path.target_mac == self.mac:
                    self.send(frames.echo_reply(path.back(), echo))
            case Answered(to_mac=self.mac) | Replied() | Advertised():
                self._tell(sighting)
            case Answered() | Announced():
                pass  # for somebody else, or for everybody
            case _:
                assert_never(sighting)

    def _tell(self, sighting: Sighting) -> None:
        at = self._clock.now()
        for listener in self._listeners:
            listener.put(at, sighting)
