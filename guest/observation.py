"""Observations: what each vantage point saw of a pair, as values for the judge."""

from dataclasses import dataclass

from vipprov.guest.adverts import Advert
from vipprov.guest.fabric import FabricSight
from vipprov.guest.facts import Facts
from vipprov.guest.pair import Address


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """An answer to an ARP request or a neighbour solicitation, `at` monotonic seconds."""

    mac: str
    source: str
    at: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Resolution:
    """Who answered for an address. One owner answers each request once."""

    address: Address
    requests: int
    answers: tuple[Answer, ...]

    @property
    def macs(self) -> tuple[str, ...]:
        """The MACs in the answers, each once, in the order they came."""
        return tuple(dict.fromkeys(answer.mac for answer in self.answers))


@dataclass(frozen=True, slots=True, kw_only=True)
class PingResult:
    """Echo requests to one address, and the replies; `source_macs` are those of the frames."""

    target: Address
    sent: int
    received: int
    duplicates: int
    source_macs: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class EchoResult:
    """A ping from inside a guest."""

    target: Address
    sent: int
    received: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Reach:
    """How an address is reached from a port group. Without an answer there is no ping."""

    resolution: Resolution
    ping: PingResult | None = None
    not_pinged: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class SegmentObservation:
    """What was seen from a port group: the virtual addresses, and those of the guests.

    `adverts` are those that everybody there hears: the pair's own go to its members alone.
    `error` says why nothing could be seen from there.
    """

    port_group: str
    vips: tuple[Reach, ...] = ()
    guests: tuple[Reach, ...] = ()
    adverts: tuple[Advert, ...] = ()
    error: str = ""

    def reach(self, address: Address) -> Reach | None:
        """Return how this address was reached, or None if nobody tried."""
        both = (*self.vips, *self.guests)
        return next((one for one in both if one.resolution.address == address), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class GuestObservation:
    """What a guest tells from inside. Without facts, `error` says why.

    `adverts` is None for an instance that nobody listened for; `echoes` are pings to observers.
    """

    guest: str
    facts: Facts | None = None
    error: str = ""
    adverts: tuple[tuple[str, tuple[Advert, ...]], ...] = ()
    echoes: tuple[EchoResult, ...] = ()

    def heard(self, instance: str) -> tuple[Advert, ...] | None:
        """Return the adverts heard for this instance; None if nobody listened."""
        return dict(self.adverts).get(instance)


@dataclass(frozen=True, slots=True, kw_only=True)
class Belief:
    """The MAC behind which a client has an address, by its own kernel's table."""

    address: Address
    mac: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ClientObservation:
    """What a client of the virtual addresses believes and reaches; `error` says why not asked.

    Behind a gateway a client has no belief of its own.
    """

    client: str
    beliefs: tuple[Belief, ...] = ()
    echoes: tuple[EchoResult, ...] = ()
    error: str = ""

    def belief(self, address: Address) -> Belief | None:
        """Return what the client believes of this address, or None."""
        return next((one for one in self.beliefs if one.address == address), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class PortPolicy:
    """What a hypervisor port does, in words that every hypervisor shares; None is not said."""

    filter: str | None = None
    learning: bool | None = None
    flood: bool | None = None
    isolated: bool | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PortObservation:
    """The port of a guest: as configured, as in force, and as we recorded that we opened it.

    `obstacles` are what the hypervisor itself knows to keep the virtual MAC from working;
    `pinned_macs` those that the bridge was told by hand are behind a port that does not learn;
    `unhooked` is the filter that the port is bound to and that filters nothing; `settings` are in
    words what the port group does, where it and not the port has a policy.
    """

    guest: str
    port_group: str
    configured: PortPolicy
    in_force: PortPolicy | None = None
    recorded: PortPolicy | None = None
    obstacles: tuple[str, ...] = ()
    pinned_macs: frozenset[str] = frozenset()
    unhooked: str | None = None
    settings: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Observations:
    """All that was seen of a pair at about one moment. No fabric: it stands on none that we know.

    The fabric was looked at first: asking for a vIP would refresh what it had forgotten.
    """

    guests: tuple[GuestObservation, ...]
    segments: tuple[SegmentObservation, ...] = ()
    ports: tuple[PortObservation, ...] = ()
    fabric: FabricSight | None = None
    clients: tuple[ClientObservation, ...] = ()

    def guest(self, name: str) -> GuestObservation:
        """Return what this guest told."""
        (found,) = (one for one in self.guests if one.guest == name)
        return found

    def port(self, guest: str) -> PortObservation | None:
        """Return the port of this guest, or None where the hypervisor shows none."""
        return next((port for port in self.ports if port.guest == guest), None)
