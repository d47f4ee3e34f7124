"""What an EVPN lab looks like to each of its leafs."""

from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address

from vipprov.guest.errors import MissingError

Address = IPv4Address | IPv6Address


@dataclass(frozen=True, slots=True, kw_only=True)
class Session:
    """A BGP session with another leaf."""

    peer: IPv4Address
    state: str

    @property
    def established(self) -> bool:
        """Say whether routes are exchanged."""
        return self.state == "Established"


@dataclass(frozen=True, slots=True, kw_only=True)
class MacRoute:
    """A type-2 route: this MAC, with or without an address, is behind this VTEP."""

    vni: int
    mac: str
    address: Address | None
    vtep: IPv4Address
    sequence: int


@dataclass(frozen=True, slots=True, kw_only=True)
class FloodRoute:
    """A type-3 route: this VTEP wants what is flooded in this VNI."""

    vni: int
    vtep: IPv4Address


@dataclass(frozen=True, slots=True, kw_only=True)
class Mac:
    """A MAC in a leaf's table. `moves` are those that count towards a duplicate on this leaf."""

    vni: int
    mac: str
    port: str | None
    vtep: IPv4Address | None
    sequence: int
    moves: int
    duplicate: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Neighbour:
    """An address in a leaf's ARP table; without a VTEP it is the leaf's own."""

    vni: int
    address: Address
    mac: str
    vtep: IPv4Address | None
    active: bool
    duplicate: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class FloodList:
    """The VTEPs to which a leaf floods in a VNI."""

    vni: int
    vteps: frozenset[IPv4Address]


@dataclass(frozen=True, slots=True, kw_only=True)
class Leaf:
    """A leaf as it is: `bridges` are where guests plug in, `ports` what is plugged in there.

    `down` are the cables of the leaf that carry nothing; `room` is the largest packet of a guest
    that fits through all of them.
    """

    number: int
    vtep: IPv4Address
    bridges: tuple[str, ...] = ()
    ports: tuple[str, ...] = ()
    sessions: tuple[Session, ...] = ()
    flood_lists: tuple[FloodList, ...] = ()
    mac_routes: tuple[MacRoute, ...] = ()
    flood_routes: tuple[FloodRoute, ...] = ()
    macs: tuple[Mac, ...] = ()
    neighbours: tuple[Neighbour, ...] = ()
    down: tuple[str, ...] = ()
    room: int | None = None
    trouble: str = ""

    def ready(self, *, others: frozenset[IPv4Address], vnis: frozenset[int]) -> bool:
        """Say whether this leaf has a session with all others and floods to them in all VNIs."""
        peers = {session.peer for session in self.sessions if session.established}
        complete = {known.vni for known in self.flood_lists if known.vteps == others}
        return peers == others and complete == vnis

    def mac(self, mac: str, *, vni: int) -> Mac | None:
        """Return what this leaf knows of a MAC."""
        found = (one for one in self.macs if one.mac == mac.lower() and one.vni == vni)
        return next(found, None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Fabric:
    """An EVPN lab as it is."""

    name: str
    vnis: tuple[int, ...]
    leafs: tuple[Leaf, ...]

    @property
    def ready(self) -> bool:
        """Say whether all sessions are established and all flood lists complete."""
        vteps = frozenset(leaf.vtep for leaf in self.leafs)
        vnis = frozenset(self.vnis)
        return all(leaf.ready(others=vteps - {leaf.vtep}, vnis=vnis) for leaf in self.leafs)

    def sequence(self, mac: str, *, vni: int) -> int:
        """Return how often the fabric has seen this MAC move: its highest sequence number."""
        return max(one.sequence for one in self._known(mac, vni))

    def duplicate(self, mac: str, *, vni: int) -> bool:
        """Say whether any leaf has called this MAC a duplicate."""
        return any(one.duplicate for one in self._known(mac, vni))

    def _known(self, mac: str, vni: int) -> tuple[Mac, ...]:
        found = tuple(one for leaf in self.leafs if (one := leaf.mac(mac, vni=vni)) is not None)
        if not found:
            raise MissingError(
                f"No leaf of the lab {self.name!r} knows the MAC {mac} in VNI {vni}.",
                hint="A MAC is learned from the frames that it sends, and forgotten with age.",
            )
        return found
