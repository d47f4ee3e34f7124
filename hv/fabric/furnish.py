"""Links, addresses and settings in a namespace of an EVPN lab, for the thread that entered it."""

import os
from ipaddress import IPv4Interface
from pathlib import Path
from typing import Any

from vipprov.hv.fabric import evpninside, links
from vipprov.hv.fabric.evpninside import SPINE_BRIDGE, UNDERLAY_LINK
from vipprov.hv.fabric.evpnown import GROUP
from vipprov.hv.fabric.evpnspec import ROUTED, ROUTED_GATEWAY, UNDERLAY, EvpnLab, Port, underlay

ROOM = 1600  # for a frame of 1500 bytes with its VXLAN header
GATEWAY_MAC = "02:76:69:70:70:01"  # the same on all leafs
VXLAN_PORT = 4789
# Nothing speaks by itself, and a reply may come another way than the question went.
QUIET = (
    ("ipv6/conf/all/disable_ipv6", "1"),
    ("ipv6/conf/default/disable_ipv6", "1"),
    ("ipv4/conf/all/rp_filter", "0"),
    ("ipv4/conf/default/rp_filter", "0"),
    ("ipv4/ip_forward", "1"),
)


def spine(lab: EvpnLab, inside: Any) -> None:  # noqa: ANN401  untyped SDK
    """Make the bridge that joins all leafs."""
    _set(*QUIET)
    links.add_bridge(inside, SPINE_BRIDGE, group=GROUP)
    _up(inside, "lo")
    _up(inside, SPINE_BRIDGE, ifalias=lab.alias)


def leaf(lab: EvpnLab, number: int, spine_file: Path, inside: Any) -> None:  # noqa: ANN401  untyped SDK
    """Make all links of a leaf, its underlay plugged into the namespace of that file."""
    _set(*QUIET)
    _up(inside, "lo")
    _add_underlay(number, spine_file, inside)
    for vni in lab.vni_numbers:
        _add_vni(lab, number, vni, inside)
    for port in lab.all_ports:
        if port.leaf == number:
            _plug_host(port, inside)
    if lab.gateway is not None:
        _add_gateway(lab, number, lab.gateway, inside)


def plug_underlay(port: str, inside: Any) -> None:  # noqa: ANN401  untyped SDK
    """Plug a leaf into the bridge that joins all leafs."""
    _up(inside, port, master=links.index(inside, SPINE_BRIDGE))


def mark(text: str, inside: Any) -> None:  # noqa: ANN401  untyped SDK
    """Say on the link to the underlay that the namespace is whole, and for which lab."""
    inside.link("set", index=links.index(inside, UNDERLAY_LINK), ifalias=text)


def _add_underlay(leaf: int, spine_file: Path, inside: Any) -> None:  # noqa: ANN401  untyped SDK
    spine = os.open(spine_file, os.O_RDONLY | os.O_CLOEXEC)
    try:
        peer = {"ifname": evpninside.spine_port(leaf), "net_ns_fd": spine, "mtu": ROOM}
        inside.link("add", ifname=UNDERLAY_LINK, kind="veth", mtu=ROOM, peer=peer)
    finally:
        os.close(spine)
    _address(inside, UNDERLAY_LINK, str(underlay(leaf)), UNDERLAY.prefixlen)
    _up(inside, UNDERLAY_LINK)


def _add_vni(lab: EvpnLab, leaf: int, vni: int, inside: Any) -> None:  # noqa: ANN401  untyped SDK
    bridge, vxlan = evpninside.bridge(vni), evpninside.vxlan(vni)
    inside.link("add", ifname=bridge, kind="bridge", **links.BRIDGE)
    links.set_ageing(inside, bridge, lab.ageing)
    # FRR tells who is where: the data path learns from no frame of the underlay.
    options = {"vxlan_id": vni, "vxlan_local": str(underlay(leaf)), "vxlan_learning": 0}
    inside.link("add", ifname=vxlan, kind="vxlan", vxlan_port=VXLAN_PORT, **options)
    _up(inside, vxlan, master=links.index(inside, bridge))
    suppress = int(lab.arp_suppression)
    inside.brport("set", index=links.index(inside, vxlan), learning=0, neigh_suppress=suppress)
    # A leaf learns from gratuitous ARP where an address is, with or without one of its own.
    _set((f"ipv4/conf/{bridge}/arp_accept", "1"))
    _up(inside, bridge)


def _plug_host(port: Port, inside: Any) -> None:  # noqa: ANN401  untyped SDK
    plug = {"master": links.index(inside, evpninside.bridge(port.vni))} if port.vni else {}
    _up(inside, port.inside, **plug)


def _add_gateway(lab: EvpnLab, leaf: int, gateway: IPv4Interface, inside: Any) -> None:  # noqa: ANN401  untyped SDK
    first = evpninside.bridge(lab.vni_numbers[0])
    inside.link("set", index=links.index(inside, first), address=GATEWAY_MAC)
    _address(inside, first, str(gateway.ip), gateway.network.prefixlen)
    if lab.routed is not None and lab.routed.leaf == leaf:
        _address(inside, lab.routed.inside, str(ROUTED_GATEWAY.ip), ROUTED.prefixlen)
    else:
        inside.route("add", dst=str(ROUTED), gateway=str(underlay(lab.leafs)))


def _up(inside: Any, name: str, **options: object) -> None:  # noqa: ANN401  untyped SDK
    inside.link("set", index=links.index(inside, name), state="up", **options)


def _address(inside: Any, name: str, address: str, length: int) -> None:  # noqa: ANN401  untyped SDK
    inside.addr("add", index=links.index(inside, name), address=address, prefixlen=length)


def _set(*settings: tuple[str, str]) -> None:
    # /proc/sys/net shows the network namespace of the thread that opens it.
    for place, value in settings:
        path = links.SYSCTL / place
        if path.exists():
            path.write_text(value)
