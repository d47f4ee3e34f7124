"""The cables of a leaf: which of them carry nothing, and how large a packet may be. Pure."""

from collections.abc import Mapping

from vipprov.hv.fabric.bridgeplan import Link
from vipprov.hv.fabric.evpninside import UNDERLAY_LINK, spine_port, vxlan
from vipprov.hv.fabric.evpnspec import EvpnLab

VXLAN_HEADERS = 50
"""What VXLAN over IPv4 puts before a frame: Ethernet of the guest, VXLAN, UDP and IP."""

Links = Mapping[str, Link]


def down(lab: EvpnLab, leaf: int, *, host: Links, inside: Links, spine: Links) -> tuple[str, ...]:
    """Return the ends of cables that are down, or gone."""
    ends = {**_underlay(leaf, inside=inside, spine=spine), **_access(lab, leaf, host, inside)}
    return tuple(name for name, link in ends.items() if link is None or not link.carries)


def room(lab: EvpnLab, leaf: int, *, host: Links, inside: Links, spine: Links) -> int | None:
    """Return the largest packet of a guest that passes; None where nothing is known."""
    outer = _known(_underlay(leaf, inside=inside, spine=spine))
    inner = _known(_access(lab, leaf, host, inside))
    sizes = [*(mtu - VXLAN_HEADERS for mtu in outer), *inner]
    return min(sizes, default=None)


def _underlay(leaf: int, *, inside: Links, spine: Links) -> dict[str, Link | None]:
    port = spine_port(leaf)
    return {UNDERLAY_LINK: inside.get(UNDERLAY_LINK), f"{port} (spine)": spine.get(port)}


def _access(lab: EvpnLab, leaf: int, host: Links, inside: Links) -> dict[str, Link | None]:
    found: dict[str, Link | None] = {}
    for port in lab.ports:
        if port.leaf == leaf:
            found |= {
                vxlan(port.vni): inside.get(vxlan(port.vni)),
                port.inside: inside.get(port.inside),
                port.uplink: host.get(port.uplink),
            }
    return found


def _known(ends: Mapping[str, Link | None]) -> tuple[int, ...]:
    return tuple(link.mtu for link in ends.values() if link is not None and link.mtu)
