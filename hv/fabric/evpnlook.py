"""Look at an EVPN lab: its links and daemons, and what its leafs say. Changes nothing."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from functools import partial

from vipprov.guest.deadline import Deadline
from vipprov.guest.errors import DeadlineError, HypervisorError, MissingError
from vipprov.hv.fabric import evpncables, evpnmark, evpnown, evpnshow, frr, frrprocess, links, vtep
from vipprov.hv.fabric.evpnseen import Namespace, Seen
from vipprov.hv.fabric.evpnspec import EvpnLab, underlay
from vipprov.hv.fabric.evpnstate import Fabric, Leaf

EVERY = 0.1
PATIENCE = 8.0
"""Seconds after which a leaf's daemons are taken for dead; a busy machine needs two."""


def found(name: str) -> EvpnLab:
    """Return the options of the lab of this name, or raise MissingError."""
    any_lab = EvpnLab(name=name)
    for namespace in vtep.names(any_lab):
        links_inside = vtep.observe(namespace)
        mark = Namespace(links=links_inside).mark
        lab = evpnmark.read(mark)
        if lab is not None:
            return lab
    if vtep.names(any_lab):
        raise MissingError(
            f"The EVPN lab {name!r} is unfinished: a run of lab up was cut short.",
            hint="vipprov lab up goes on with it, vipprov lab down removes it.",
        )
    raise MissingError(f"There is no EVPN lab {name!r} here.", hint="See vipprov lab up --help.")


def observe(lab: EvpnLab) -> Seen:
    """Return the links and daemons of the lab."""
    with links.netlink("look at the lab") as netlink:
        host = links.observed(netlink)
    running = frrprocess.running(lab)
    namespaces = {}
    for name in vtep.names(lab):
        daemons = frozenset(one.program for one in running if lab.vtep(one.leaf) == name)
        namespaces[name] = Namespace(links=vtep.observe(name), daemons=daemons)
    return Seen(host=host, namespaces=namespaces)


def wait(lab: EvpnLab, *, by: Deadline) -> None:
    """Return when every leaf has its sessions and its flood lists."""
    for leaf in lab.numbers:
        what = f"BGP on leaf {leaf} of the lab {lab.name!r}"
        by.poll(partial(_ready, lab, leaf, by=by), what=what, every=EVERY)


def fabric(lab: EvpnLab, *, by: Deadline) -> Fabric:
    """Return the lab as its leafs see it; one that cannot be asked says why."""
    with links.netlink("look at the lab") as netlink:
        host = links.observed(netlink)
    spine = vtep.observe(lab.spine)

    def seen(number: int) -> Leaf:
        bridges = tuple(port.bridge for port in lab.all_ports if port.leaf == number)
        plugged = sorted(
            link.name
            for link in host.values()
            if link.master in bridges and not evpnown.ours(lab, link)
        )
        ends = {"host": host, "inside": vtep.observe(lab.vtep(number)), "spine": spine}
        return replace(
            _look(lab, number, by=by),
            bridges=bridges,
            ports=tuple(plugged),
            down=evpncables.down(lab, number, **ends),
            room=evpncables.room(lab, number, **ends),
        )

    with ThreadPoolExecutor(max_workers=lab.leafs) as pool:
        leafs = tuple(pool.map(seen, lab.numbers))
    return Fabric(name=lab.name, vnis=tuple(lab.vni_numbers), leafs=leafs)


def around(bridge: str) -> EvpnLab | None:
    """Return the lab whose leaf this bridge of the host is, or None where it is no lab's."""
    with links.netlink("look for a lab") as netlink:
        host = links.observed(netlink)
    name = evpnown.lab_of(bridge, host)
    return None if name is None else found(name)


def macs(lab: EvpnLab, *, by: Deadline) -> Fabric:
    """Return the MAC tables of all leafs, and nothing else."""
    leafs = []
    for number in lab.numbers:
        text = frr.ask(lab, number, (evpnshow.MACS,), by=by)
        leafs.append(evpnshow.mac_table(text, number=number, vtep=underlay(number)))
    return Fabric(name=lab.name, vnis=tuple(lab.vni_numbers), leafs=tuple(leafs))


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
        text = frr.ask(lab, number, evpnshow.EVERYTHING, by=by.within(PATIENCE))
        return evpnshow.everything(text, number=number, vtep=underlay(number))
    except (HypervisorError, DeadlineError) as error:
        why = " ".join(filter(None, (str(error), error.details)))
        return Leaf(number=number, vtep=underlay(number), trouble=why)
