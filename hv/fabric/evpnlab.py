"""The EVPN lab on this machine: brought up, shown, taken down.

Namespaces by netlink, routes by FRR. Every verb may be repeated, also after one that was killed.
"""

import socket
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import assert_never

from vipprov.guest.deadline import Deadline
from vipprov.guest.errors import HeldError
from vipprov.hv.fabric import evpnlook, evpnown, evpnplan, frr, frrprocess, links, vtep
from vipprov.hv.fabric.bridgeplan import AddBridge, Adopt
from vipprov.hv.fabric.evpnseen import (
    Change,
    DropBridge,
    DropVtep,
    MakeSpine,
    MakeVtep,
)
from vipprov.hv.fabric.evpnspec import EvpnLab
from vipprov.hv.fabric.evpnstate import Fabric


@dataclass(frozen=True, slots=True, kw_only=True)
class Up:
    """A lab that is up. `changed` says whether this run had something to do."""

    lab: EvpnLab
    changed: bool


def up(lab: EvpnLab, *, by: Deadline) -> Up:
    """Build what is missing of the lab; return when all sessions and flood lists are complete."""
    with _claimed(lab):
        changes = evpnplan.plan(lab, evpnlook.observe(lab))
        if changes:
            frr.demand()
        for change in changes:
            _apply(lab, change, by=by)
    evpnlook.wait(lab, by=by)
    return Up(lab=lab, changed=bool(changes))


def status(name: str, *, by: Deadline) -> Fabric:
    """Return the lab of this name as its leafs see it, or raise MissingError."""
    return evpnlook.fabric(evpnlook.found(name), by=by)


def macs(name: str, *, by: Deadline) -> Fabric:
    """Return the MAC tables alone, at once: for those who wait for a MAC to move."""
    return evpnlook.macs(evpnlook.found(name), by=by)


def down(name: str, *, force: bool, by: Deadline) -> tuple[str, ...]:
    """Remove all that the lab made and return the names; refused while others use its bridges."""
    lab = EvpnLab(name=name)
    with _claimed(lab), links.netlink("take the lab down") as netlink:
        host = links.observed(netlink)
        used = evpnown.foreign_ports(lab, host)
        if used and not force:
            raise HeldError(
                f"The lab {name!r} is in use.",
                details="\n".join(f"{key}: {', '.join(ports)}" for key, ports in used.items()),
                hint="Destroy the guests first, or add --force.",
            )
        frrprocess.end(lab, by=by)
        uplinks, namespaces = evpnown.own_uplinks(lab, host), vtep.names(lab)
        bridges = evpnown.own_bridges(lab, host)
        for link in uplinks:
            links.delete(netlink, link)
        for namespace in namespaces:
            vtep.remove(namespace, by=by)
        for link in bridges:
            links.delete(netlink, link)
    return (*namespaces, *uplinks, *bridges)


def _apply(lab: EvpnLab, change: Change, *, by: Deadline) -> None:
    match change:
        case MakeSpine():
            vtep.make_spine(lab, by=by)
        case MakeVtep(leaf=leaf):
            frrprocess.end(lab, leaf=leaf, by=by)
            vtep.make_leaf(lab, leaf, by=by)
            frr.start(lab, leaf, by=by)
            vtep.mark(lab, leaf)
        case DropVtep(namespace=namespace):
            frrprocess.end(lab, leaf=int(namespace[-1]), by=by)
            vtep.remove(namespace, by=by)
        case _:
            with links.netlink("build the lab") as netlink:
                _apply_link(lab, change, netlink)


def _apply_link(lab: EvpnLab, change: AddBridge | Adopt | DropBridge, netlink: object) -> None:
    match change:
        case AddBridge(name=name):
            links.add_bridge(netlink, name, group=evpnown.GROUP)
        case Adopt(name=name, master=master):
            links.adopt(netlink, name, alias=lab.alias, master=master)
        case DropBridge(name=name):
            links.delete(netlink, f"{name}-up")
            links.delete(netlink, name)
        case _:
            assert_never(change)


@contextmanager
def _claimed(lab: EvpnLab) -> Iterator[None]:
    """Let one run at a time change the lab; the claim ends with its process, however that ends."""
    with socket.socket(socket.AF_UNIX) as claim:
        try:
            claim.bind(f"\0vipprov-lab-{lab.name}")
        except OSError as error:
            raise HeldError(f"Another run works on the lab {lab.name!r}.") from error
        yield
