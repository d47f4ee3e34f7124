"""The signs of causes that lie in a fabric which can be asked."""

from collections.abc import Iterator

from vipprov.guest.fabric import FabricSight, LeafSight
from vipprov.guest.judgement import fabriccauses, fabricfaults, fabricjoins, links
from vipprov.guest.judgement.cause import Cause
from vipprov.guest.judgement.finding import Fault
from vipprov.guest.judgement.scene import Home, Scene
from vipprov.guest.judgement.sign import Sign

NOBODY = frozenset[str]()

Found = Iterator[tuple[Cause, Fault | None]]


def signs(scene: Scene) -> Iterator[Sign]:
    """Yield the signs of each leaf, and of what all leafs know of the virtual addresses."""
    fabric = scene.seen.fabric
    if fabric is None or fabric.error:
        return
    for leaf in fabric.mine:
        yield from _signs(_joins(scene, fabric, leaf))
    for home in scene.homes():
        yield from _signs(_tables(scene, fabric, home))


def _signs(found: Found) -> Iterator[Sign]:
    return (Sign(cause, NOBODY, fault) for cause, fault in found if fault is not None)


def _joins(scene: Scene, fabric: FabricSight, leaf: LeafSight) -> Found:
    yield fabriccauses.LEAF_CUT, fabricjoins.of_cut(leaf)
    yield fabriccauses.FABRIC_MTU, fabricjoins.of_room(leaf, links.widest(scene))
    if leaf.error:
        yield fabriccauses.LEAF_SILENT, fabricjoins.of_silence(leaf)
        return
    session = fabricjoins.of_session(fabric, leaf)
    yield fabriccauses.SESSION, session
    if session is None:
        yield fabriccauses.FLOOD, fabricjoins.of_flood(fabric, leaf)


def _tables(scene: Scene, fabric: FabricSight, home: Home) -> Found:
    yield fabriccauses.FROZEN_DUPLICATE, fabricfaults.of_duplicate(fabric, home)
    told = tuple(leaf for leaf in fabric.leafs if not leaf.error)
    for leaf in told:
        for address in home.addresses:
            fault = fabricfaults.of_binding(fabric, home, leaf, address)
            yield fabriccauses.STALE_NEIGHBOUR, fault
        if scene.pair.vip.vmac and (leaf.port_groups or leaf.place(home.mac) is not None):
            cause = _of_place(scene, fabric, home, leaf)
            yield cause, fabricfaults.of_place(scene, fabric, home, leaf)


def _of_place(scene: Scene, fabric: FabricSight, home: Home, leaf: LeafSight) -> Cause:
    if leaf.place(home.mac) is not None:
        return fabriccauses.MISPLACED
    if home.leaf.place(home.mac) is not None:
        return fabriccauses.ROUTE
    is_kept = fabricfaults.outlives(scene, fabric)
    return fabriccauses.UNLEARNT if is_kept else fabriccauses.AGED_OUT
