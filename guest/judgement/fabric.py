"""The fabric: whether its leafs join the guests, and know where the virtual MAC and the vIP are."""

from collections.abc import Iterator

from vipprov.guest.check import Check
from vipprov.guest.fabric import FabricSight, LeafSight
from vipprov.guest.judgement import fabricfaults, fabricjoins, links
from vipprov.guest.judgement.finding import Fault, check, listed, unknown
from vipprov.guest.judgement.scene import Home, Scene
from vipprov.guest.pair import Address


def checks(scene: Scene) -> tuple[Check, ...]:
    """Return the checks of the fabric that the pair stands on; none where there is none."""
    fabric = scene.seen.fabric
    if fabric is None:
        return ()
    if fabric.error:
        why = Fault(fabric.error, "Look at it: `vipprov lab status`.")
        return (unknown("fabric", fabric.name, expected="shows its leafs", why=why),)
    return (
        *(made for leaf in fabric.mine for made in _joins(scene, fabric, leaf)),
        *(made for home in scene.homes() for made in _tables(scene, fabric, home)),
    )


def _joins(scene: Scene, fabric: FabricSight, leaf: LeafSight) -> Iterator[Check]:
    yield check(
        "fabric-link",
        leaf.name,
        expected="all links up",
        seen=f"{listed(leaf.down)} down" if leaf.down else "all up",
        fault=fabricjoins.of_cut(leaf),
    )
    if leaf.room is not None:
        yield check(
            "fabric-mtu",
            leaf.name,
            expected=f"at least {links.widest(scene)}",
            seen=str(leaf.room),
            fault=fabricjoins.of_room(leaf, links.widest(scene)),
        )
    others = fabricjoins.others(fabric, leaf)
    if not others:
        return
    expected = f"with {listed(others)}"
    if leaf.error:
        yield unknown(
            "fabric-session", leaf.name, expected=expected, why=fabricjoins.of_silence(leaf)
        )
        return
    yield check(
        "fabric-session",
        leaf.name,
        expected=expected,
        seen=f"none with {listed(tuple(sorted(leaf.lost)))}" if leaf.lost else "with all",
        fault=fabricjoins.of_session(fabric, leaf),
    )
    yield check(
        "fabric-flood",
        leaf.name,
        expected=f"to {listed(others)}",
        seen=f"not to {listed(tuple(sorted(leaf.unflooded)))}" if leaf.unflooded else "to all",
        fault=fabricjoins.of_flood(fabric, leaf),
    )


def _tables(scene: Scene, fabric: FabricSight, home: Home) -> Iterator[Check]:
    told = tuple(leaf for leaf in fabric.leafs if not leaf.error)
    if scene.pair.vip.vmac:
        # A leaf without guests of the pair need not know the MAC, but must not have it elsewhere.
        yield from (
            _place(scene, fabric, home, leaf)
            for leaf in told
            if leaf.port_groups or leaf.place(home.mac) is not None
        )
    yield _duplicate(fabric, home)
    for address in home.addresses:
        for leaf in told:
            if leaf.binding(address) is not None:
                yield _binding(fabric, home, leaf, address)


def _place(scene: Scene, fabric: FabricSight, home: Home, leaf: LeafSight) -> Check:
    place = leaf.place(home.mac)
    made = check(
        "fabric-mac",
        f"{home.mac} on {leaf.name}",
        expected=f"behind {home.leaf.name}",
        seen="not known" if place is None else f"behind {place.behind}",
        fault=fabricfaults.of_place(scene, fabric, home, leaf),
    )
    return fabricfaults.warned(made, fabricfaults.of_ageing(scene, fabric))


def _duplicate(fabric: FabricSight, home: Home) -> Check:
    names = fabricfaults.duplicates(fabric, home)
    made = check(
        "fabric-duplicate",
        home.mac,
        expected="no duplicate",
        seen=f"a duplicate on {listed(names)}" if names else "none",
        fault=fabricfaults.of_duplicate(fabric, home),
    )
    return fabricfaults.warned(made, fabricfaults.of_duplicate_unfrozen(fabric, home))


def _binding(fabric: FabricSight, home: Home, leaf: LeafSight, address: Address) -> Check:
    known = leaf.binding(address)
    return check(
        "fabric-neighbour",
        f"{address} on {leaf.name}",
        expected=home.mac,
        seen="none" if known is None else known.mac,
        fault=fabricfaults.of_binding(fabric, home, leaf, address),
    )
