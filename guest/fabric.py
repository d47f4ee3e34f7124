"""A fabric as its own leafs show it, in the words that every fabric shares."""

from dataclasses import dataclass
from datetime import timedelta

from vipprov.guest.pair import Address


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where a leaf has a MAC: behind another leaf, or on itself (`behind` is then its own name)."""

    mac: str
    behind: str
    duplicate: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Binding:
    """The MAC that a leaf knows for an address."""

    address: Address
    mac: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LeafSight:
    """A leaf: `port_groups` are those of the pair that plug in here.

    `error` says why it could not be asked; `lost` are the leafs without a BGP session, `unflooded`
    those that nothing is flooded to, `down` the links that carry nothing; `room` is the largest
    packet of a guest that fits through all of them. `routed` are the MACs with a type-2 route.
    """

    name: str
    port_groups: tuple[str, ...] = ()
    error: str = ""
    lost: frozenset[str] = frozenset()
    unflooded: frozenset[str] = frozenset()
    down: tuple[str, ...] = ()
    room: int | None = None
    routed: frozenset[str] = frozenset()
    places: tuple[Place, ...] = ()
    bindings: tuple[Binding, ...] = ()

    def place(self, mac: str) -> Place | None:
        """Return where this leaf has the MAC, or None where it does not know it."""
        return next((one for one in self.places if one.mac == mac), None)

    def binding(self, address: Address) -> Binding | None:
        """Return what this leaf knows of an address, or None."""
        return next((one for one in self.bindings if one.address == address), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class FabricSight:
    """The fabric that a pair stands on. `error` says why nothing could be seen of it.

    `uses_bindings` says that leafs answer ARP themselves, or route: then a wrong binding kills.
    `freezes` says that a MAC which is called a duplicate stays where it was; `ageing` is the
    silence after which a MAC is forgotten.
    """

    name: str
    leafs: tuple[LeafSight, ...] = ()
    uses_bindings: bool = False
    freezes: bool = False
    ageing: timedelta = timedelta(minutes=5)
    error: str = ""

    @property
    def mine(self) -> tuple[LeafSight, ...]:
        """The leafs that guests of the pair are plugged into."""
        return tuple(leaf for leaf in self.leafs if leaf.port_groups)

    def leaf(self, port_group: str) -> LeafSight | None:
        """Return the leaf that this port group is on."""
        return next((leaf for leaf in self.leafs if port_group in leaf.port_groups), None)
