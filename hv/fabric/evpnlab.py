"""The EVPN lab on this machine: brought up, shown, taken down.

Namespaces by netlink, routes by FRR. Every verb may be repeated, also after one that was killed.
"""

import socket
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import partial
from typing import assert_never

from vipprov.guest.deadline import Deadline
from vipprov.guest.errors import HeldError, HypervisorError, MissingError
from vipprov.hv.fabric import evpnmark, evpnown, evpnplan, evpnshow, frr, frrprocess, links, vtep
from vipprov.hv.fabric.bridgeplan import AddBridge, Adopt
from vipprov.hv.fabric.evpnseen import (
    Change,
    DropBridge,
    DropVtep,
    MakeSpine,
    MakeVtep,
    Namespace,
    Seen,
)
from vipprov.hv.fabric.evpnspec import EvpnLab, underlay
from vipprov.hv.fabric.evpnstate import Fabric, Leaf

EVERY = 0.1


@dataclass(frozen=True, slots=True, kw_only=True)
class Up:
    """A lab that is up. `changed` says whether this run had something to do."""

    lab: EvpnLab
    changed: bool


def up(lab: EvpnLab, *, by: Deadline) -> Up:
    """Build what is missing of the lab; return when all sessions and flood lists are complete."""
    with _claimed(lab):
        changes = evpnplan.plan(lab, observe(lab))
        for change in changes:
            _apply(lab, change, by=by)
    wait(lab, by=by)
    return Up(lab=lab, changed=bool(changes))


def wait(lab: EvpnLab, *, by: Deadline) -> None:
    """Return when every leaf has its sessions and its flood lists."""
    for leaf in lab.numbers:
        what = f"BGP on leaf {leaf} of the lab {lab.name!r}"
        by.poll(partial(_ready, lab, leaf, by=by), what=what, every=EVERY)


def status(name: str, *, by: Deadline) -> Fabric:
    """Return the lab of this name as its leafs see it, or raise MissingError."""
    lab = found(name)
    with links.netlink("look at the lab") as netlink:
        host = links.observed(netlink)
    leafs = []
    for number in lab.numbers:
        bridges = tuple(port.bridge for port in lab.all_ports if port.leaf == number)
        plugged = sorted(
            link.name
            for link in host.values()
            if link.master in bridges and not evpnown.ours(lab, link)
        )
        leafs.append(replace(_look(lab, number, by=by), bridges=bridges, ports=tuple(plugged)))
    return Fabric(name=name, vnis=tuple(lab.vni_numbers), leafs=tuple(leafs))


def found(name: str) -> EvpnLab:
    """Return the options of the lab of this name, or raise MissingError."""
    any_lab = EvpnLab(name=name)
    for namespace in vtep.names(any_lab):
        links_inside = vtep.observe(namespace)
        mark = Namespace(links=links_inside).mark
        lab = evpnmark.read(mark)
        if lab is not None:
            return lab
    raise MissingError(f"There is no EVPN lab {name!r} here.", hint="See vipprov lab up --help.")


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


def observe(lab: EvpnLab) -> Seen:
    """Return the lab as it is."""
    with links.netlink("look at the lab") as netlink:
        host = links.observed(netlink)
    running = frrprocess.running(lab)
    namespaces = {}
    for name in vtep.names(lab):
        daemons = frozenset(one.program for one in running if lab.vtep(one.leaf) == name)
        namespaces[name] = Namespace(links=vtep.observe(name), daemons=daemons)
    return Seen(host=host, namespaces=namespaces)


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


def _ready(lab: EvpnLab, number: int, *, by: Deadline) -> bool | None:
    others = frozenset(underlay(other) for other in lab.numbers if other != number)
    try:
        text = frr.ask(lab, number, evpnshow.READINESS, by=by)
        leaf = evpnshow.readiness(text, number=number, vtep=underlay(number))
    except HypervisorError:
        return None
    return leaf.ready(others=others, vnis=frozenset(lab.vni_numbers)) or None


def _look(lab: EvpnLab, number: int, *, by: Deadline) -> Leaf:
    try:
        text = frr.ask(lab, number, evpnshow.EVERYTHING, by=by)
        return evpnshow.everything(text, number=number, vtep=underlay(number))
    except HypervisorError as error:
        return Leaf(number=number, vtep=underlay(number), trouble=f"{error} {error.details}")


@contextmanager
def _claimed(lab: EvpnLab) -> Iterator[None]:
    """Let one run at a time change the lab; the claim ends with its process, however that ends."""
    with socket.socket(socket.AF_UNIX) as claim:
        try:
            claim.bind(f"\0vipprov-lab-{lab.name}")
        except OSError as error:
            raise HeldError(f"Another run works on the lab {lab.name!r}.") from error
        yield
