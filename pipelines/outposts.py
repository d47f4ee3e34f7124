"""Outposts: where else a pair can be seen from, as the lab that it is plugged into tells."""

from ipaddress import IPv4Interface

from vipprov.guest.pair import Pair
from vipprov.hv.fabric import evpnplace
from vipprov.pipelines import bridges
from vipprov.pipelines.ports import ShowsPorts


def beside(pair: Pair, port_groups: ShowsPorts) -> tuple[str, ...]:
    """Return the lab's port groups from which clients reach the pair and where no guest is.

    These are other leafs of the VNI, and the clients behind the gateway where the guests know that.
    A pair outside of a lab has none.
    """
    names = {guest.port_group for guest in pair.guests}
    taken = {bridges.of(pair, port_groups, name) for name in names}
    found: dict[str, None] = {}
    for bridge in sorted(taken):
        lab = evpnplace.lab(bridge)
        if lab is not None:
            found |= dict.fromkeys(evpnplace.leafs_of_vni(lab, bridge))
            if lab.gateway is not None and lab.routed and lab.gateway.ip in pair.gateways:
                found[lab.routed.bridge] = None
    return tuple(name for name in found if name not in taken)


def gateway(bridge: str) -> IPv4Interface | None:
    """Return the gateway of this bridge's network, where clients behind a lab's gateway sit."""
    lab = evpnplace.lab(bridge)
    return None if lab is None else evpnplace.gateway(lab, bridge)
