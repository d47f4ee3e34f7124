"""What can keep the leafs of a fabric apart, in words; None where it does not."""

from vipprov.guest.fabric import FabricSight, LeafSight
from vipprov.guest.judgement.finding import Fault, listed

VXLAN_HEADERS = 50
"""What VXLAN over IPv4 puts before a packet: Ethernet of the guest, VXLAN, UDP and IP."""


def others(fabric: FabricSight, leaf: LeafSight) -> tuple[str, ...]:
    """Return the other leafs that guests of the pair are plugged into."""
    return tuple(one.name for one in fabric.mine if one is not leaf)


def of_cut(leaf: LeafSight) -> Fault | None:
    """Return the fault of links that carry nothing."""
    if not leaf.down:
        return None
    return Fault(
        f"{leaf.name} is cut off: {listed(leaf.down)} is down.",
        f"Bring the link up, and look what took it down: `ip link` on {leaf.name}.",
    )


def of_room(leaf: LeafSight, wanted: int) -> Fault | None:
    """Return the fault of links that are too small for the guests' packets in VXLAN."""
    if leaf.room is None or leaf.room >= wanted:
        return None
    return Fault(
        f"{leaf.name} passes packets of at most {leaf.room} bytes, and a NIC of the pair sends up"
        f" to {wanted}: small packets pass, and large ones are lost or cut up.",
        f"Raise the MTU of its links: the underlay needs {wanted + VXLAN_HEADERS} bytes.",
    )


def of_silence(leaf: LeafSight) -> Fault:
    """Return the fault of a leaf that could not be asked."""
    return Fault(
        f"{leaf.name} cannot be asked: {leaf.error}",
        "Look whether its routing daemons run; `vipprov lab up` brings them back in a lab.",
    )


def of_session(fabric: FabricSight, leaf: LeafSight) -> Fault | None:
    """Return the fault of a leaf that exchanges no routes with another one of the pair's."""
    lost = leaf.lost.intersection(others(fabric, leaf))
    if not lost:
        return None
    return Fault(
        f"{leaf.name} has no BGP session with {listed(tuple(sorted(lost)))}: neither learns what"
        " is behind the other, nor floods to it.",
        "Look at `show bgp l2vpn evpn summary` on both, and whether they reach one another.",
    )


def of_flood(fabric: FabricSight, leaf: LeafSight) -> Fault | None:
    """Return the fault of a leaf that floods nothing to another one of the pair's."""
    missing = leaf.unflooded.intersection(others(fabric, leaf))
    if not missing:
        return None
    return Fault(
        f"{leaf.name} floods nothing to {listed(tuple(sorted(missing)))}, so no ARP request gets"
        " there: a type-3 route is missing.",
        "Look at the type-3 routes of both (`show bgp l2vpn evpn route type multicast`), and at"
        " what filters them.",
    )
