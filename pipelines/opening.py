"""Open the port groups of a pair as a whole, and give them back when the last pair has gone.

That is for hypervisors on which a policy belongs to the port group. It serves everybody on it: what
a pair opened stays open as long as any pair is there, and what somebody else opened stays as it is.
"""

from collections.abc import Iterable
from functools import partial

from vipprov.guest.errors import CheckFailedError, MissingError
from vipprov.guest.pair import Pair, PolicyMode
from vipprov.guest.undo import Undo
from vipprov.hv import switchrecord
from vipprov.hv.machine import Machine
from vipprov.hv.registry import Hypervisor
from vipprov.hv.switchgroup import SwitchGroup, SwitchGroups
from vipprov.pipelines import switchchange, switchgroup
from vipprov.pipelines.switchgroup import Change, Named

_FOR_A_PAIR = "pair "


def needed(pair: Pair, switches: SwitchGroups | None) -> tuple[Change, ...]:
    """Return what opens the pair's port groups as little as its virtual MAC needs."""
    if switches is None or pair.policy is not PolicyMode.LEAST or not pair.vip.vmac:
        return ()
    every = switches.all()
    changes = (
        change
        for name in dict.fromkeys(guest.port_group for guest in pair.guests)
        for change in switchgroup.to_permit(_named(every, name), mac_changes=False)
    )
    return tuple(change for change in changes if change.is_needed)


def open_all(hypervisor: Hypervisor, changes: tuple[Change, ...], undo: Undo, *, pair: str) -> None:
    """Open these port groups; what others have opened is remembered for this pair as well."""
    switches = hypervisor.switches
    if switches is None:
        return
    if changes:
        reason = f"{_FOR_A_PAIR}{pair}"
        switchchange.permit_all(switches, changes, mac_changes=False, reason=reason)
        opened = tuple(change.group for change in changes)
        undo.later("opening port groups", partial(_close, hypervisor, opened, pair))
    names = {nic.port_group for one in _of(hypervisor, pair) for nic in one.nics}
    for group in switches.all():
        if group.name in names and group.record is not None:
            switches.remember(group, group.record)


def give_back(hypervisor: Hypervisor, machines: Iterable[Machine], *, pair: str) -> tuple[str, ...]:
    """Give back what pairs had opened and no other pair is on; return what could not be."""
    switches = hypervisor.switches
    if switches is None:
        return ()
    names = {nic.port_group for machine in machines for nic in machine.nics}
    return _close(hypervisor, tuple(one for one in switches.all() if one.name in names), pair)


def _close(hypervisor: Hypervisor, groups: tuple[SwitchGroup, ...], pair: str) -> tuple[str, ...]:
    switches = hypervisor.switches
    if switches is None:
        return ()
    busy = {
        nic.port_group
        for machine in hypervisor.machines.list()
        if machine.mark is not None and machine.mark.pair != pair
        for nic in machine.nics
    }
    edited: list[str] = []
    for group in (switches.read(group) for group in groups if group.name not in busy):
        if group.record is None or not group.record.reason.startswith(_FOR_A_PAIR):
            continue
        try:
            switchrecord.require_unchanged(group, group.record)
        except CheckFailedError as error:
            edited.append(f"{error}\n{error.details}")
            continue
        switchchange.restore(switches, Change(group=group, wanted=group.record.before))
    return tuple(edited)


def _of(hypervisor: Hypervisor, pair: str) -> tuple[Machine, ...]:
    every = hypervisor.machines.list()
    return tuple(one for one in every if one.mark is not None and one.mark.pair == pair)


def _named(every: tuple[SwitchGroup, ...], name: str) -> Named:
    """Return the port groups of this name: of a standard one those of all hosts."""
    groups = tuple(group for group in every if group.name == name)
    if not groups:
        raise MissingError(
            f"There is no port group {name!r}.",
            hint="`vipprov portgroup list URL` shows those there are.",
        )
    return Named(name=name, groups=groups)
