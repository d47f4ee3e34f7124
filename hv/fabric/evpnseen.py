"""An EVPN lab as it is, and what can be done to it, as values."""

from collections.abc import Mapping
from dataclasses import dataclass

from vipprov.hv.fabric.bridgeplan import AddBridge, Adopt, Link
from vipprov.hv.fabric.evpninside import UNDERLAY_LINK

DAEMONS = frozenset({"zebra", "bgpd"})
SNOOPER = "arpsnoop"


@dataclass(frozen=True, slots=True, kw_only=True)
class Namespace:
    """A namespace of the lab as it is."""

    links: Mapping[str, Link]
    daemons: frozenset[str] = frozenset()

    @property
    def mark(self) -> str:
        """Return the alias that tells whether the namespace was finished, and how."""
        link = self.links.get(UNDERLAY_LINK)
        return link.alias if link else ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """A lab as it is: the host's links, and the lab's namespaces by their names."""

    host: Mapping[str, Link]
    namespaces: Mapping[str, Namespace]


@dataclass(frozen=True, slots=True)
class MakeSpine:
    """Make the underlay again."""


@dataclass(frozen=True, slots=True)
class MakeVtep:
    """Make the namespace of a leaf again."""

    leaf: int


@dataclass(frozen=True, slots=True)
class DropVtep:
    """Remove a namespace of a leaf that the lab shall not have."""

    namespace: str


@dataclass(frozen=True, slots=True)
class DropBridge:
    """Remove a bridge of ours that the lab shall not have."""

    name: str


Change = AddBridge | Adopt | MakeSpine | MakeVtep | DropVtep | DropBridge
