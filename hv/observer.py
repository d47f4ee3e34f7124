"""The observer: sees a bridge as a host on it does. It implements the vantage port."""

import secrets
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import replace
from itertools import cycle

from vipprov.guest.adverts import Advert
from vipprov.guest.deadline import Deadline
from vipprov.guest.observation import Answer, PingResult, Resolution
from vipprov.guest.pair import Address
from vipprov.hv import frames, plug
from vipprov.hv.frames import Echo, Host, Path
from vipprov.hv.sightings import Advertised, Answered, Replied
from vipprov.hv.station import Heard, Station

ASKED_TIMES, ASKED_EVERY = 3, 0.05
PINGED_TIMES, PINGED_EVERY = 5, 0.02
EARFUL = 1.1
"""Seconds within which a router with the usual interval of one second is heard."""
LINGER = 0.15
"""Seconds of silence after which nobody else is expected to answer."""

# Asked more than once: one lost frame must not make us take an address that is in use.
_TAKEN_WITHIN = (ASKED_EVERY, LINGER)
_AT_ONCE = 8


@contextmanager
def plugged(bridge: str, *, by: Deadline) -> Iterator["Observer"]:
    """Yield an observer on this bridge, gone at the end of the block or of this process."""
    with plug.plugged(bridge, by=by) as wire:
        station = Station(wire, by.clock)
        with station.working(), station.hearing() as heard:
            yield Observer(station, heard, by.within(EARFUL))


class Observer:
    """Asks who has an address, pings, and can be pinged; several threads may use it at once."""

    def __init__(self, station: Station, heard: Heard, earful: Deadline) -> None:
        self._station = station
        self._heard, self._earful = heard, earful
        self._adverts: dict[Advert, None] = {}

    @property
    def mac(self) -> str:
        """The MAC that its frames come from."""
        return self._station.mac

    def ask(self, address: Address, *, by: Deadline) -> Resolution:
        """Ask several times who has the address; wait for a first answer until the deadline."""
        answers: list[Answer] = []
        requests = 0
        own = self._station.own(address.version)
        # First as nobody: strict rp_filter lets such a probe be answered, so that it is told from
        # a closed port. Suppressing leafs let none pass, so whoever stays silent is asked by name.
        ways = (None,) if own is None else (None, own)
        with self._station.hearing() as heard:
            for asker in cycle(ways):
                asked = frames.question(self.mac, address, sender=asker)
                for _ in range(ASKED_TIMES):
                    self._station.send(asked)
                    requests += 1
                    answers.extend(_answers(heard, address, by.within(ASKED_EVERY)))
                if answers or by.remaining <= 0:
                    break
            answers.extend(_answers(heard, address, by.within(LINGER)))
        return Resolution(address=address, requests=requests, answers=tuple(answers))

    def free(self, candidates: Sequence[Address], *, by: Deadline) -> Address | None:
        """Return the first of the addresses that nobody answers for; None if there is none."""
        for start in range(0, len(candidates), _AT_ONCE):
            if by.remaining < sum(_TAKEN_WITHIN):
                break  # silence that is cut short proves nothing
            some = candidates[start : start + _AT_ONCE]
            taken = self._taken(some, by=by)
            free = tuple(address for address in some if address not in taken)
            if free:
                return free[0]
        return None

    def answering(
        self, address: Address, *, told: Sequence[Host] = ()
    ) -> AbstractContextManager[None]:
        """Have this address within the block: answer for it, and answer pings to it."""
        return self._station.answering(address, told=told)

    def ping(self, target: Address, *, mac: str, source: Address, by: Deadline) -> PingResult:
        """Ping the target behind this MAC from an address that we answer for."""
        path = Path(source_mac=self.mac, target_mac=mac, source=source, target=target)
        echo = Echo(identity=secrets.randbelow(1 << 16), sequence=0)
        replies: list[Replied] = []
        with self._station.hearing() as heard:
            for sequence in range(PINGED_TIMES):
                self._station.send(frames.echo_request(path, replace(echo, sequence=sequence)))
                replies.extend(_replies(heard, echo, path, by.within(PINGED_EVERY)))
            while len(_sequences(replies)) < PINGED_TIMES and by.remaining > 0:
                replies.extend(_replies(heard, echo, path, by.within(PINGED_EVERY)))
            replies.extend(_replies(heard, echo, path, by.within(LINGER)))
        received = len(_sequences(replies))
        return PingResult(
            target=target,
            sent=PINGED_TIMES,
            received=received,
            duplicates=len(replies) - received,
            source_macs=tuple(dict.fromkeys(reply.path.source_mac for reply in replies)),
        )

    def overheard(self, *, by: Deadline) -> tuple[Advert, ...]:
        """Return the VRRP adverts that reached us since we are here, each sender's once."""
        for _, one in self._heard.until(by.within(max(0.0, self._earful.remaining))):
            if isinstance(one, Advertised):
                self._adverts[_advert(one)] = None
        return tuple(self._adverts)

    def _taken(self, candidates: Sequence[Address], *, by: Deadline) -> frozenset[Address]:
        with self._station.hearing() as heard:
            taken: set[Address] = set()
            for patience in _TAKEN_WITHIN:
                for address in candidates:
                    self._station.send(frames.question(self.mac, address))
                taken.update(
                    one.address
                    for _, one in heard.until(by.within(patience))
                    if isinstance(one, Answered)
                )
        return frozenset(taken)


def _advert(heard: Advertised) -> Advert:
    return Advert(
        source=heard.path.source,
        virtual_router_id=heard.virtual_router_id,
        priority=heard.priority,
        version=heard.version,
    )


def _answers(heard: Heard, address: Address, by: Deadline) -> Iterator[Answer]:
    for at, one in heard.until(by):
        if isinstance(one, Answered) and one.address == address:
            yield Answer(mac=one.mac, source=one.source, at=at)


def _replies(heard: Heard, echo: Echo, path: Path, by: Deadline) -> Iterator[Replied]:
    for _, one in heard.until(by):
        if (
            isinstance(one, Replied)
            and one.echo.identity == echo.identity
            and one.path.source == path.target
        ):
            yield one


def _sequences(replies: Sequence[Replied]) -> frozenset[int]:
    return frozenset(reply.echo.sequence for reply in replies)
