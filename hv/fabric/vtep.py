"""The namespaces of an EVPN lab: the underlay, and the leafs with their bridges and VXLANs."""

import os
from collections.abc import Callable
from contextlib import ExitStack
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

from vipprov.guest.deadline import Deadline
from vipprov.hv import iplink, namespace
from vipprov.hv.fabric import evpninside, evpnmark, evpnown, furnish, links
from vipprov.hv.fabric.bridgeplan import Link
from vipprov.hv.fabric.evpnown import GROUP
from vipprov.hv.fabric.evpnspec import EvpnLab

RUN = Path("/run/netns")
NEVER = timedelta(0)

Result = TypeVar("Result")


def names(lab: EvpnLab) -> tuple[str, ...]:
    """Return the namespaces that the lab has, also those of which only the name is left."""
    found = (path.name for path in RUN.glob(f"vipprov-{lab.name}-*"))
    return tuple(sorted(name for name in found if lab.owns(name)))


def observe(name: str) -> dict[str, Link]:
    """Return the links in a namespace; none where a killed run left only a name."""
    return _within(name, "look into", links.observed) if _alive(name) else {}


def make_spine(lab: EvpnLab, *, by: Deadline) -> None:
    """Make the underlay: a namespace with a bridge, marked when it is whole."""
    _make(lab.spine, by=by)
    _within(lab.spine, "furnish", partial(furnish.spine, lab))


def make_leaf(lab: EvpnLab, leaf: int, *, by: Deadline) -> None:
    """Make the namespace of a leaf with all of its links, and plug it in; without a mark yet."""
    name = lab.vtep(leaf)
    ports = [port for port in lab.all_ports if port.leaf == leaf]
    # A namespace goes some time after its name, and its cables with it: their names are needed now.
    _within(lab.spine, "clear", partial(links.delete, name=evpninside.spine_port(leaf)))
    with links.netlink(f"plug in {name}") as host, ExitStack() as undo:
        for port in ports:
            links.delete(host, port.uplink)
        _make(name, by=by)
        inside = os.open(RUN / name, os.O_RDONLY | os.O_CLOEXEC)
        undo.callback(os.close, inside)
        for port in ports:
            peer = {"ifname": port.inside, "net_ns_fd": inside}
            host.link("add", ifname=port.uplink, kind="veth", group=GROUP, peer=peer)
            links.adopt(host, port.uplink, alias=lab.alias, master=port.bridge)
        own = evpnown.own_bridges(lab, links.observed(host))
        for port in ports:
            if port.bridge in own:
                # The bridge on the host stands for the ports of the leaf, whose MAC table is the
                # VTEP's. One of its own would go stale: under ARP suppression no frame of a MAC
                # that moved to another leaf comes back here to correct it, and a client beside
                # the old owner would stay cut off. At zero a bridge learns nothing and floods.
                links.set_ageing(host, port.bridge, NEVER)
    _within(name, "furnish", partial(furnish.leaf, lab, leaf, RUN / lab.spine))
    _within(lab.spine, "plug in", partial(furnish.plug_underlay, evpninside.spine_port(leaf)))


def mark(lab: EvpnLab, leaf: int) -> None:
    """Say in the namespace itself that it is whole, and for which lab."""
    _within(lab.vtep(leaf), "mark", partial(furnish.mark, evpnmark.text(lab)))


def enter(name: str, work: Callable[[], Result]) -> Result:
    """Return what the work returns when it is done in the namespace of this name."""
    return namespace.within(RUN / name, work)


def remove(name: str, *, by: Deadline) -> None:
    """Remove a namespace; quiet where it is gone."""
    if (RUN / name).exists():
        iplink.batch([("netns", "del", name)], doing=f"remove the namespace {name}", by=by)


def _alive(name: str) -> bool:
    return os.path.ismount(RUN / name)


def _make(name: str, *, by: Deadline) -> None:
    remove(name, by=by)
    iplink.batch([("netns", "add", name)], doing=f"make the namespace {name}", by=by)


def _within(name: str, verb: str, work: Callable[[Any], Result]) -> Result:
    def opened() -> Result:
        with links.netlink(f"{verb} the namespace {name}") as inside:
            return work(inside)

    return enter(name, opened)
