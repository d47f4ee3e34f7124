"""Sights: the records of recording processes, read into what a measurement asks for. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from vipprov.guest.pair import Address
from vipprov.guest.timeline import Shot
from vipprov.hv import frames, sightings
from vipprov.hv.probing.loop import SEQUENCE
from vipprov.hv.probing.record import Counted, Frame, Record, Sent
from vipprov.hv.sightings import Advertised, Announced, Answered, Replied


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """Somebody said, asked or unasked, that a MAC has an address."""

    at: float
    device: str
    address: Address
    mac: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Heard:
    """A VRRP advert on its way."""

    at: float
    device: str
    source: Address
    virtual_router_id: int
    priority: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Came:
    """A frame from this MAC came in by this device."""

    at: float
    device: str
    mac: str


@dataclass(slots=True)
class Sights:
    """All that one recorder saw so far. It is read in pieces, as the records come.

    `ways` tells for each aim whom it probes and from which address of ours: a bridge may flood
    replies that somebody else waits for.
    """

    ways: tuple[tuple[Address, Address], ...] = ()
    sent: dict[int, list[Shot]] = field(default_factory=dict)
    replies: dict[int, list[Shot]] = field(default_factory=dict)
    announcements: list[Told] = field(default_factory=list)
    answers: list[Told] = field(default_factory=list)
    adverts: list[Heard] = field(default_factory=list)
    came: list[Came] = field(default_factory=list)
    drops: int = 0
    read: int = 0

    def take(self, records: tuple[Record, ...], *, macs: Iterable[str] = ()) -> None:
        """Read the records that were not there the last time; note where these MACs come in."""
        watched = {frames.octets(mac): mac for mac in macs}
        for one in records[self.read :]:
            match one:
                case Sent(at=at, aim=aim, sequence=sequence):
                    self.sent.setdefault(aim, []).append(Shot(sequence=sequence, at=at))
                case Frame():
                    self._frame(one, watched)
                case Counted(drops=drops):
                    self.drops += drops
        self.read = len(records)

    def _frame(self, frame: Frame, watched: dict[bytes, str]) -> None:
        at, device = frame.at, frame.device
        if mac := watched.get(frame.data[6:12]):
            self.came.append(Came(at=at, device=device, mac=mac))
        match sightings.read(frame.data):
            case Replied(path=path, echo=echo):
                way = (path.source, path.target)
                if way in self.ways and len(echo.payload) == SEQUENCE.size:
                    (number,) = SEQUENCE.unpack(echo.payload)
                    replies = self.replies.setdefault(self.ways.index(way), [])
                    replies.append(Shot(sequence=number, at=at))
            case Announced(address=address, mac=told):
                self.announcements.append(Told(at=at, device=device, address=address, mac=told))
            case Answered(address=address, mac=told):
                self.answers.append(Told(at=at, device=device, address=address, mac=told))
            case Advertised(path=path, virtual_router_id=router, priority=priority):
                self.adverts.append(
                    Heard(
                        at=at,
                        device=device,
                        source=path.source,
                        virtual_router_id=router,
                        priority=priority,
                    )
                )
            case _:
                pass
