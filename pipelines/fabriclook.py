"""Look at the fabric that a pair stands on, where one can be asked: an EVPN lab of this machine."""

from collections.abc import Callable, Mapping
from ipaddress import IPv4Address
from typing import Protocol

from vipprov.guest.deadline import Deadline
from vipprov.guest.errors import HypervisorError, MissingError
from vipprov.guest.fabric import Binding, FabricSight, LeafSight, Place
from vipprov.hv.fabric import evpnthere
from vipprov.hv.fabric.evpninside import vxlan
from vipprov.hv.fabric.evpnspec import EvpnLab, Port
from vipprov.hv.fabric.evpnstate import Fabric, Leaf

Bridges = Mapping[str, str]
"""The bridges of this machine that port groups stand for."""


class Fabrics(Protocol):
    """The fabrics that can be asked from here."""

    def any(self) -> bool:
        """Say whether there is one at all, whoever stands on it. Asks nobody."""
        ...

    def show(self, told: Callable[[], Bridges], by: Deadline) -> FabricSight | None:
        """Return what the fabric behind these bridges shows of itself; None where there is none.

        The bridges are asked for only where there is a fabric.
        """
        ...


class Labs:
    """The EVPN labs of this machine."""

    def any(self) -> bool:
        """Say whether there is a lab."""
        return evpnthere.any_lab()

    def show(self, told: Callable[[], Bridges], by: Deadline) -> FabricSight | None:
        """Return the lab that the bridges belong to, as the judge wants it."""
        if not self.any():
            return None
        from vipprov.hv.fabric import (  # noqa: PLC0415  netlink is loaded only where it is used
            evpnlook,
        )

        bridges = told()
        try:
            lab = next((one for name in bridges.values() if (one := evpnlook.around(name))), None)
            return None if lab is None else sight(lab, evpnlook.fabric(lab, by=by), bridges)
        except (HypervisorError, MissingError) as error:
            why = " ".join(filter(None, (str(error), error.hint)))
            return FabricSight(name="EVPN lab", error=why)


LABS = Labs()


def sight(lab: EvpnLab, fabric: Fabric, bridges: Bridges) -> FabricSight | None:
    """Return the part of the fabric that carries these bridges. Pure."""
    port = next((one for one in lab.ports if one.bridge in bridges.values()), None)
    if port is None:
        return None
    duplicates = lab.duplicates
    names = {leaf.vtep: _name(lab, leaf, port) for leaf in fabric.leafs}
    return FabricSight(
        name=lab.name,
        leafs=tuple(
            _leaf(leaf, names, bridges, vni=port.vni, besides=_besides(lab, port.vni))
            for leaf in fabric.leafs
        ),
        uses_bindings=lab.arp_suppression or lab.gateway is not None,
        freezes=duplicates is not None and duplicates.freeze is not None,
        ageing=lab.ageing,
    )


def _name(lab: EvpnLab, leaf: Leaf, port: Port) -> str:
    """Return the name of the leaf's bridge in the VNI: that is what people plug into."""
    return next(one.bridge for one in lab.ports if (one.leaf, one.vni) == (leaf.number, port.vni))


def _besides(lab: EvpnLab, vni: int) -> frozenset[str]:
    """Return the links that carry other VNIs alone."""
    others = (port for port in lab.all_ports if port.vni != vni)
    return frozenset(
        name for port in others for name in (vxlan(port.vni), port.inside, port.uplink)
    )


def _leaf(
    leaf: Leaf,
    names: Mapping[IPv4Address, str],
    bridges: Bridges,
    *,
    vni: int,
    besides: frozenset[str],
) -> LeafSight:
    own, others = names[leaf.vtep], frozenset(names) - {leaf.vtep}
    peers = {session.peer for session in leaf.sessions if session.established}
    flooded = {vtep for known in leaf.flood_lists if known.vni == vni for vtep in known.vteps}
    return LeafSight(
        name=own,
        port_groups=tuple(name for name, bridge in bridges.items() if bridge in leaf.bridges),
        error=leaf.trouble,
        lost=frozenset(names[vtep] for vtep in others - peers),
        unflooded=frozenset(names[vtep] for vtep in others - flooded),
        down=tuple(one for one in leaf.down if one not in besides),
        room=leaf.room,
        routed=frozenset(one.mac for one in leaf.mac_routes if one.vni == vni),
        places=tuple(
            Place(
                mac=one.mac,
                behind=own if one.vtep is None else names.get(one.vtep, str(one.vtep)),
                duplicate=one.duplicate,
            )
            for one in leaf.macs
            if one.vni == vni
        ),
        bindings=tuple(
            Binding(address=one.address, mac=one.mac) for one in leaf.neighbours if one.vni == vni
        ),
    )
