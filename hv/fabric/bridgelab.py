"""The bridge lab in this machine's network: brought up, shown, taken down. All by netlink."""

import errno
from dataclasses import dataclass
from typing import Any, assert_never

from pyroute2.netlink.exceptions import NetlinkError

from vipprov.guest.errors import HeldError, MissingError
from vipprov.hv.fabric import bridgeplan, links
from vipprov.hv.fabric.bridgeplan import AddBridge, AddTrunk, Adopt, Change, Lab, Link

# Another run that builds the same lab makes ours find a link that was not there a moment ago.
RACES = (errno.EEXIST, errno.ENODEV)
TRIES = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Leaf:
    """A leaf bridge as it is: `ours` is false for one that was there before the lab."""

    name: str
    ours: bool
    trunked: bool
    ports: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class LabState:
    """A lab as it is. `changed` says whether this run had something to do."""

    name: str
    spine: str
    leafs: tuple[Leaf, ...]
    changed: bool = False


def up(lab: Lab) -> LabState:
    """Build what is missing of the lab; bridges of others with the right name are used as found."""
    with links.netlink("build the lab") as netlink:
        changes = _build(netlink, lab, TRIES)
        return _state(lab, links.observed(netlink), changed=bool(changes))


def status(name: str) -> LabState:
    """Return the lab of this name, or raise MissingError."""
    with links.netlink("look at the lab") as netlink:
        lab = Lab(name=name, leafs=bridgeplan.LEAFS[-1])
        observed = links.observed(netlink)
        if not bridgeplan.removal(lab, observed):
            raise MissingError(f"There is no lab {name!r} here.", hint="See vipprov lab up.")
        return _state(lab, observed, changed=False)


def down(name: str, *, force: bool) -> tuple[str, ...]:
    """Remove the links that the lab made and return their names; refused while others use them."""
    with links.netlink("take the lab down") as netlink:
        lab = Lab(name=name, leafs=bridgeplan.LEAFS[-1])
        observed = links.observed(netlink)
        used = bridgeplan.foreign_ports(lab, observed)
        if used and not force:
            raise HeldError(
                f"The lab {name!r} is in use.",
                details="\n".join(f"{key}: {', '.join(ports)}" for key, ports in used.items()),
                hint="Destroy the guests first, or add --force.",
            )
        gone = bridgeplan.removal(lab, observed)
        for link in gone:
            links.delete(netlink, link)
        return gone


def _build(netlink: Any, lab: Lab, tries: int) -> tuple[Change, ...]:  # noqa: ANN401  untyped SDK
    changes = bridgeplan.plan(lab, links.observed(netlink))
    try:
        for change in changes:
            _apply(netlink, lab, change)
    except NetlinkError as error:
        if error.code not in RACES or tries == 1:
            raise
        return (*changes, *_build(netlink, lab, tries - 1))
    return changes


def _apply(netlink: Any, lab: Lab, change: Change) -> None:  # noqa: ANN401  untyped SDK
    match change:
        case AddBridge(name=name):
            links.add_bridge(netlink, name, group=bridgeplan.GROUP)
        case AddTrunk(trunk=trunk):
            peer = {"ifname": trunk.spine_end, "group": bridgeplan.GROUP}
            netlink.link(
                "add", ifname=trunk.leaf_end, kind="veth", group=bridgeplan.GROUP, peer=peer
            )
        case Adopt(name=name, master=master):
            links.adopt(netlink, name, alias=lab.alias, master=master)
        case _:
            assert_never(change)


def _state(lab: Lab, observed: dict[str, Link], *, changed: bool) -> LabState:
    leafs = tuple(
        Leaf(
            name=trunk.leaf,
            ours=bridgeplan.ours(lab, observed[trunk.leaf]),
            trunked=trunk.leaf_end in observed and observed[trunk.leaf_end].master == trunk.leaf,
            ports=tuple(
                sorted(
                    link.name
                    for link in observed.values()
                    if link.master == trunk.leaf and link.name != trunk.leaf_end
                )
            ),
        )
        for trunk in lab.trunks
        if trunk.leaf in observed and _belongs(lab, trunk, observed)
    )
    return LabState(name=lab.name, spine=lab.spine, leafs=leafs, changed=changed)


def _belongs(lab: Lab, trunk: bridgeplan.Trunk, observed: dict[str, Link]) -> bool:
    return bridgeplan.ours(lab, observed[trunk.leaf]) or trunk.leaf_end in observed
