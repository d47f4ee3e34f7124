"""What is missing of an EVPN lab, and what of it is to be removed. Decided from values alone.

A namespace is whole or is made again. Bridges on the host stay, since guests are plugged into them.
"""

from collections.abc import Mapping

from vipprov.guest.errors import HeldError
from vipprov.hv.fabric import evpnmark
from vipprov.hv.fabric.bridgeplan import AddBridge, Adopt, Link
from vipprov.hv.fabric.evpninside import SPINE_BRIDGE, inside, spine_port
from vipprov.hv.fabric.evpnown import foreign_ports, ours, own_bridges
from vipprov.hv.fabric.evpnseen import (
    DAEMONS,
    SNOOPER,
    Change,
    DropBridge,
    DropVtep,
    MakeSpine,
    MakeVtep,
    Namespace,
    Seen,
)
from vipprov.hv.fabric.evpnspec import EvpnLab, Port


def plan(lab: EvpnLab, seen: Seen) -> tuple[Change, ...]:
    """Return what is to be done, in its order; HeldError where others are in the way."""
    spine = _spine_whole(lab, seen.namespaces.get(lab.spine))
    whole = {leaf for leaf in lab.numbers if spine and _vtep_whole(lab, leaf, seen)}
    changes: list[Change] = [*_surplus(lab, seen)]
    for port in lab.all_ports:
        changes += _bridge(lab, port, seen.host)
    changes += [] if spine else [MakeSpine()]
    changes += [MakeVtep(leaf) for leaf in lab.numbers if leaf not in whole]
    changes += [
        Adopt(port.uplink, port.bridge)
        for port in lab.all_ports
        if port.leaf in whole and not _plugged(lab, port, seen.host)
    ]
    return tuple(changes)


def _surplus(lab: EvpnLab, seen: Seen) -> list[Change]:
    wanted = {lab.spine, *(lab.vtep(leaf) for leaf in lab.numbers)}
    bridges = set(own_bridges(lab, seen.host)) - {port.bridge for port in lab.all_ports}
    for name, ports in foreign_ports(lab, seen.host).items():
        if name in bridges:
            raise HeldError(
                f"{name} would go, and is in use.",
                details=", ".join(ports),
                hint="Destroy the guests first, or ask for a lab that has it.",
            )
    drops = [DropVtep(name) for name in sorted(set(seen.namespaces) - wanted)]
    return [*drops, *(DropBridge(name) for name in sorted(bridges))]


def _bridge(lab: EvpnLab, port: Port, host: Mapping[str, Link]) -> list[Change]:
    uplink, link = host.get(port.uplink), host.get(port.bridge)
    if uplink is not None and not ours(lab, uplink):
        raise HeldError(f"{port.uplink} is there already, and this lab did not make it.")
    if link is None:
        return [AddBridge(port.bridge), Adopt(port.bridge, None)]
    if link.kind != "bridge":
        raise HeldError(
            f"{port.bridge} is there already, and is no bridge but {link.kind or 'a NIC'}."
        )
    whole = link.alias == lab.alias and link.up
    return [] if whole or not ours(lab, link) else [Adopt(port.bridge, None)]


def _spine_whole(lab: EvpnLab, found: Namespace | None) -> bool:
    bridge = None if found is None else found.links.get(SPINE_BRIDGE)
    return bridge is not None and bridge.up and bridge.alias == lab.alias


def _vtep_whole(lab: EvpnLab, leaf: int, seen: Seen) -> bool:
    found = seen.namespaces.get(lab.vtep(leaf))
    spine = seen.namespaces[lab.spine].links.get(spine_port(leaf))
    daemons = DAEMONS | ({SNOOPER} if lab.arp_snooping else set())
    return (
        found is not None
        and found.mark == evpnmark.text(lab)
        and found.daemons == daemons
        and all(_in_place(found.links.get(name), to) for name, to in inside(lab, leaf).items())
        and _in_place(spine, SPINE_BRIDGE)
        and all(port.uplink in seen.host for port in lab.all_ports if port.leaf == leaf)
    )


def _in_place(link: Link | None, master: str | None) -> bool:
    return link is not None and link.up and link.master == master


def _plugged(lab: EvpnLab, port: Port, host: Mapping[str, Link]) -> bool:
    link = host[port.uplink]
    return link.alias == lab.alias and _in_place(link, port.bridge)
