"""What is in the namespace of a leaf: the names of its links, and what is plugged into what."""

from vipprov.hv.fabric.evpnspec import EvpnLab

UNDERLAY_LINK = "underlay"
SPINE_BRIDGE = "spine"


def inside(lab: EvpnLab, leaf: int) -> dict[str, str | None]:
    """Return the links in the namespace of a leaf, and the bridge that each is plugged into."""
    links: dict[str, str | None] = {UNDERLAY_LINK: None}
    for vni in lab.vni_numbers:
        links |= {bridge(vni): None, vxlan(vni): bridge(vni)}
    for port in lab.all_ports:
        if port.leaf == leaf:
            links[port.inside] = bridge(port.vni) if port.vni else None
    return links


def bridge(vni: int) -> str:
    """Return the name of a VNI's bridge in the namespace of a leaf."""
    return f"br{vni}"


def vxlan(vni: int) -> str:
    """Return the name of a VNI's VXLAN."""
    return f"vx{vni}"


def spine_port(leaf: int) -> str:
    """Return the name of a leaf's port in the underlay."""
    return f"vtep{leaf}"
