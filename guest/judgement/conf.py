"""The file of keepalived in a guest: whether it says what the pair says."""

from collections.abc import Iterable

from vipprov.guest.check import Check
from vipprov.guest.facts import Configured, Facts
from vipprov.guest.judgement.finding import Fault, check, listed, unknown
from vipprov.guest.judgement.scene import Scene
from vipprov.guest.pair import Guest
from vipprov.guest.vrrp import VrrpInstance, instances

_RESTORE = "Bring it back: `vipprov vm create`."


def checks(scene: Scene, guest: Guest, facts: Facts) -> tuple[Check, ...]:
    """Return the check of what the file says of the pair's instances."""
    expected = "router id, addresses and peers of the pair"
    if facts.configured is None:
        why = Fault(f"keepalived.conf in {guest.name} cannot be read.", _RESTORE)
        return (unknown("keepalived-conf", guest.name, expected=expected, why=why),)
    fault = (
        other_router(scene, guest, facts)
        or other_peers(scene, guest, facts)
        or other_addresses(scene, guest, facts)
    )
    seen = "as the pair" if fault is None else "otherwise"
    return (check("keepalived-conf", guest.name, expected=expected, seen=seen, fault=fault),)


def other_router(scene: Scene, guest: Guest, facts: Facts) -> Fault | None:
    """Return the fault of a virtual_router_id that is not the pair's, or of no instance at all."""
    for wanted, found in _sides(scene, guest, facts):
        seen = None if found is None else found.virtual_router_id
        if seen != wanted.virtual_router_id:
            return Fault(
                f"keepalived.conf in {guest.name} gives {wanted.name} the virtual_router_id"
                f" {seen or 'none'}, and the pair {wanted.virtual_router_id}.",
                _RESTORE,
            )
    return None


def other_peers(scene: Scene, guest: Guest, facts: Facts) -> Fault | None:
    """Return the fault of a peer that is missing, so adverts go elsewhere."""
    for wanted, found in _sides(scene, guest, facts):
        if found is not None and set(wanted.peers) - set(found.peers):
            return Fault(
                f"keepalived in {guest.name} sends adverts to {_all(found.peers)}, and its peers"
                f" are {_all(wanted.peers)}.",
                _RESTORE,
            )
    return None


def other_addresses(scene: Scene, guest: Guest, facts: Facts) -> Fault | None:
    """Return the fault of virtual addresses, or masks, that are not the pair's."""
    for wanted, found in _sides(scene, guest, facts):
        if found is not None and set(wanted.addresses) - set(found.addresses):
            return Fault(
                f"keepalived.conf in {guest.name} has the virtual addresses"
                f" {_all(found.addresses)}, and the pair {_all(wanted.addresses)}.",
                _RESTORE,
            )
    return None


def _sides(
    scene: Scene, guest: Guest, facts: Facts
) -> tuple[tuple[VrrpInstance, Configured | None], ...]:
    found = {one.instance: one for one in facts.configured or ()}
    wanted = instances(scene.pair, guest) if facts.configured is not None else ()
    return tuple((instance, found.get(instance.name)) for instance in wanted)


def _all(values: Iterable[object]) -> str:
    return listed(tuple(map(str, values)))
