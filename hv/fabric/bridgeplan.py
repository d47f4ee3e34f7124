"""The bridge lab as values: which links make it up, and what is missing of them.

leaf1 … leafN are bridges, each joined to the bridge `spine` by a veth pair, leafN-up to spine-N.
Labs of other names carry their name in front: blue-leaf1. There is no state file: a link of ours
carries an alias that names its lab. The kernel takes an alias only after a link was made, but a
link group together with it, so the group marks what a killed run left.
"""

import re
from dataclasses import dataclass

from vipprov.guest.errors import HeldError, SpecError

DEFAULT = "lab"
NAME = re.compile(r"[a-z][a-z0-9]{0,4}")  # with it, blue-leaf99-up stays within 15 characters
LEAFS = range(1, 100)
GROUP = 0x76697070  # "vipp"


@dataclass(frozen=True, slots=True, kw_only=True)
class Trunk:
    """A veth pair between a leaf and the spine."""

    leaf: str
    leaf_end: str
    spine_end: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Lab:
    """A lab to be."""

    name: str
    leafs: int

    def __post_init__(self) -> None:
        if not NAME.fullmatch(self.name):
            raise SpecError(
                f"A lab cannot be called {self.name!r}.",
                hint="Use up to five of a-z and 0-9, a letter first.",
            )
        if self.leafs not in LEAFS:
            raise SpecError(f"A lab has 1 to {LEAFS[-1]} leafs, not {self.leafs}.")

    @property
    def alias(self) -> str:
        """Return what every link of this lab carries."""
        return f"vipprov:lab:{self.name}"

    @property
    def prefix(self) -> str:
        """Return what the names of this lab's links begin with."""
        return "" if self.name == DEFAULT else f"{self.name}-"

    @property
    def spine(self) -> str:
        """Return the name of the bridge that joins the leafs."""
        return f"{self.prefix}spine"

    @property
    def trunks(self) -> tuple[Trunk, ...]:
        """Return the trunks, one for each leaf."""
        return tuple(
            Trunk(
                leaf=f"{self.prefix}leaf{number}",
                leaf_end=f"{self.prefix}leaf{number}-up",
                spine_end=f"{self.prefix}spine-{number}",
            )
            for number in range(1, self.leafs + 1)
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """A network interface as the kernel reports it; `carries` says that it is plugged in, too."""

    name: str
    kind: str
    alias: str = ""
    group: int = 0
    master: str | None = None
    up: bool = False
    carries: bool = False
    mtu: int = 0


@dataclass(frozen=True, slots=True)
class AddBridge:
    """Make a bridge, down and unmarked but for its group."""

    name: str


@dataclass(frozen=True, slots=True)
class AddTrunk:
    """Make a veth pair, down and unmarked but for its group."""

    trunk: Trunk


@dataclass(frozen=True, slots=True)
class Adopt:
    """Mark a link of ours, plug it into its bridge, and bring it up."""

    name: str
    master: str | None


Change = AddBridge | AddTrunk | Adopt


def plan(lab: Lab, observed: dict[str, Link]) -> tuple[Change, ...]:
    """Return what is missing, bridges before what is plugged into them."""
    bridges = (lab.spine, *(trunk.leaf for trunk in lab.trunks))
    changes: list[Change] = []
    for bridge in bridges:
        changes += _bridge(lab, bridge, observed.get(bridge))
    for trunk in lab.trunks:
        changes += _trunk(lab, trunk, observed)
    return tuple(changes)


def ours(lab: Lab, link: Link) -> bool:
    """Say whether this link is one that this lab made."""
    remnant = not link.alias and link.group == GROUP and _named_by(lab, link.name)
    return link.alias == lab.alias or remnant


def foreign_ports(lab: Lab, observed: dict[str, Link]) -> dict[str, tuple[str, ...]]:
    """Return, for each bridge of the lab, the ports that others have plugged in."""
    bridges = [link.name for link in observed.values() if link.kind == "bridge" and ours(lab, link)]
    found = {
        bridge: tuple(
            sorted(
                link.name
                for link in observed.values()
                if link.master == bridge and not ours(lab, link)
            )
        )
        for bridge in bridges
    }
    return {bridge: ports for bridge, ports in found.items() if ports}


def removal(lab: Lab, observed: dict[str, Link]) -> tuple[str, ...]:
    """Return the links to delete: bridges, and one end of each trunk, since the other follows."""
    mine = sorted(link.name for link in observed.values() if ours(lab, link))
    bridges = [name for name in mine if observed[name].kind == "bridge"]
    ends = [name for name in mine if observed[name].kind != "bridge" and name.endswith("-up")]
    return (*ends, *bridges)


def _bridge(lab: Lab, name: str, link: Link | None) -> list[Change]:
    if link is None:
        return [AddBridge(name), Adopt(name, None)]
    if link.kind != "bridge":
        raise HeldError(f"{name} is there already, and is no bridge but {link.kind or 'a NIC'}.")
    whole = link.alias == lab.alias and link.up
    return [] if whole or not ours(lab, link) else [Adopt(name, None)]


def _trunk(lab: Lab, trunk: Trunk, observed: dict[str, Link]) -> list[Change]:
    places = {trunk.leaf_end: trunk.leaf, trunk.spine_end: lab.spine}
    there = {name: observed[name] for name in places if name in observed}
    for link in there.values():
        if not ours(lab, link):
            raise HeldError(f"{link.name} is there already, and vipprov did not make it.")
    made: list[Change] = [] if there else [AddTrunk(trunk)]
    adopted: list[Change] = [
        Adopt(name, master)
        for name, master in places.items()
        if not _in_place(lab, there.get(name), master)
    ]
    return [*made, *adopted]


def _in_place(lab: Lab, link: Link | None, master: str) -> bool:
    return link is not None and link.alias == lab.alias and link.master == master and link.up


def _named_by(lab: Lab, name: str) -> bool:
    pattern = rf"{lab.prefix}(spine|leaf\d+|leaf\d+-up|spine-\d+)"
    return re.fullmatch(pattern, name) is not None
