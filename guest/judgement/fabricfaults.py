"""What leafs can have wrong of the virtual MAC and the vIP, in words; None where they do not."""

from dataclasses import replace

from vipprov.guest.check import Check, Verdict
from vipprov.guest.fabric import FabricSight, LeafSight
from vipprov.guest.judgement.finding import Fault, listed
from vipprov.guest.judgement.scene import Home, Scene
from vipprov.guest.pair import Address


def of_place(scene: Scene, fabric: FabricSight, home: Home, leaf: LeafSight) -> Fault | None:
    """Return the fault of a leaf that has the virtual MAC elsewhere than where its owner is."""
    place, where = leaf.place(home.mac), home.leaf.name
    if place is not None and place.behind == where:
        return None
    if place is not None:
        return Fault(
            f"{leaf.name} has {home.mac} behind {place.behind}, and its owner {home.guest} is on"
            f" {where}.",
            "Look who else speaks with this MAC, and whether the route of its move was refused.",
        )
    if home.leaf.place(home.mac) is not None:
        missing = "has a type-2 route and no entry" if home.mac in leaf.routed else "has no route"
        return Fault(
            f"{where} knows {home.mac}, and {leaf.name} {missing} for it: it floods what is sent"
            " to the vIP.",
            "Look at the type-2 routes of both (`show bgp l2vpn evpn route type macip`), and at"
            " what filters them.",
        )
    if outlives(scene, fabric):
        return Fault(
            f"{where} does not know {home.mac}, which {home.guest} refreshes in time: the leaf does"
            " not learn, or the port lets the frames not out.",
            f"Look whether the leaf's port learns MACs, and at the port of {home.guest}.",
        )
    return Fault(
        f"{where} has forgotten {home.mac}: {_silence(scene, fabric)}. What is sent to the vIP"
        " floods the fabric until it speaks again.",
        _refresh(fabric),
    )


def of_ageing(scene: Scene, fabric: FabricSight) -> str:
    """Return the warning of a virtual MAC that the fabric will forget."""
    if outlives(scene, fabric):
        return ""
    return f"The fabric forgets the virtual MAC when all is quiet: {_silence(scene, fabric)}."


def outlives(scene: Scene, fabric: FabricSight) -> bool:
    """Say whether the pair speaks often enough with its virtual MAC for the fabric to keep it."""
    refresh = scene.pair.vip.garp_refresh
    return bool(refresh) and refresh < fabric.ageing


def duplicates(fabric: FabricSight, home: Home) -> tuple[str, ...]:
    """Return the leafs that call the MAC a duplicate."""
    return tuple(
        leaf.name
        for leaf in fabric.leafs
        if (place := leaf.place(home.mac)) is not None and place.duplicate
    )


def of_duplicate(fabric: FabricSight, home: Home) -> Fault | None:
    """Return the fault of a MAC that is called a duplicate, and therefore stays where it was."""
    names = duplicates(fabric, home)
    if not names or not fabric.freezes:
        return None
    return Fault(
        f"{listed(names)} calls {home.mac} a duplicate and has frozen it: the fabric goes on"
        " sending to where it was.",
        "Find what moved it (too many fail-overs, two owners, a second pair with this router id);"
        " then `clear evpn dup-addr vni all` on the leafs.",
    )


def of_duplicate_unfrozen(fabric: FabricSight, home: Home) -> str:
    """Return the warning of a MAC that is called a duplicate in a fabric that only says so."""
    names = duplicates(fabric, home)
    if not names or fabric.freezes:
        return ""
    return f"{listed(names)} calls {home.mac} a duplicate: it moved too often. Nothing is frozen."


def of_binding(fabric: FabricSight, home: Home, leaf: LeafSight, address: Address) -> Fault | None:
    """Return the fault of a leaf that has the vIP with another MAC, and tells or uses it."""
    known = leaf.binding(address)
    if known is None or known.mac == home.mac or not fabric.uses_bindings:
        return None
    return Fault(
        f"{leaf.name} has {address} with {known.mac}, and its owner {home.guest} has it with"
        f" {home.mac}: a stale IP→MAC entry. The leaf answers ARP with it, so who is behind it"
        " sends to the wrong place.",
        "Set `vmac: true`, which keeps the MAC the same."
        if not home.virtual
        else f"Look who spoke for {address} with {known.mac}, and clear it: `clear ip arp`.",
    )


def anywhere(scene: Scene) -> Fault | None:
    """Return what any leaf of the pair tells why the vIP is not reached."""
    fabric = scene.seen.fabric
    every = () if fabric is None else (name for leaf in fabric.mine for name in leaf.port_groups)
    found = (known(scene, name) for name in every)
    return next((fault for fault in found if fault is not None), None)


def known(scene: Scene, port_group: str) -> Fault | None:
    """Return what the leaf of this port group itself tells why the vIP is not reached from it."""
    fabric = scene.seen.fabric
    leaf = None if fabric is None else fabric.leaf(port_group)
    if fabric is None or leaf is None:
        return None
    for home in scene.homes():
        stale = (of_binding(fabric, home, leaf, address) for address in home.addresses)
        is_elsewhere = scene.pair.vip.vmac and leaf.place(home.mac) is not None
        place = of_place(scene, fabric, home, leaf) if is_elsewhere else None
        every = (of_duplicate(fabric, home), *stale, place)
        found = next((fault for fault in every if fault is not None), None)
        if found is not None:
            return found
    return None


def warned(made: Check, warning: str) -> Check:
    """Return the check with a warning, where it passed."""
    return replace(made, warning=warning) if made.verdict is Verdict.PASS else made


def _silence(scene: Scene, fabric: FabricSight) -> str:
    refresh, ageing = scene.pair.vip.garp_refresh, fabric.ageing.total_seconds()
    how = f"refreshes it every {refresh.total_seconds():g} s" if refresh else "never refreshes it"
    return f"it forgets after {ageing:g} s of silence, and the pair {how}"


def _refresh(fabric: FabricSight) -> str:
    half = max(1, int(fabric.ageing.total_seconds() / 2))
    return f"Set `vip.garp_refresh` to less than the ageing, such as {half}s."
