"""Open the port groups of a pair as a whole, and give them back when the last pair has gone.

That is for hypervisors on which a policy belongs to the port group. It serves everybody on it: what
a pair opened stays open as long as any pair is there, and what somebody else opened stays as it is.

Pairs come and go side by side, and nobody holds the port group. So who comes is there with its
machines before it looks whether the port group is open, and who goes looks who is there once more
after it has closed it: whichever is first, one of the two sees the other.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from functools import partial

from vipprov.guest.errors import CheckFailedError
from vipprov.guest.pair import Pair
from vipprov.guest.undo import Undo
from vipprov.hv import switchrecord
from vipprov.hv.registry import Hypervisor
from vipprov.hv.switchgroup import SwitchGroup
from vipprov.pipelines import need, switchchange
from vipprov.pipelines.switchgroup import Change


@dataclass(frozen=True, slots=True, kw_only=True)
class Returned:
    """What came of giving port groups back.

    `edited` says in words which ones somebody else had changed; `busy` are those that others are
    on, and that stay open.
    """

    edited: tuple[str, ...] = ()
    busy: tuple[SwitchGroup, ...] = ()


def open_all(
    hypervisor: Hypervisor, pair: Pair, undo: Undo, *, made: Collection[str]
) -> tuple[Change, ...]:
    """Open the port groups of a pair whose machines are there; return what had to be opened.

    `made` are the machines of this run: if it fails, they go, and so may what others had opened.
    What they were is remembered for this pair as well.
    """
    switches, wanted = hypervisor.switches, need.aim(pair)
    if switches is None:
        return ()
    groups = _of(pair, switches.all())
    changes = () if wanted is None else need.changes(pair, wanted, groups)
    leaving = {guest.name for guest in pair.guests} if changes else set(made)
    if wanted is not None and changes:
        reason = f"{need.FOR_A_PAIR}{pair.name}"
        switchchange.permit_all(switches, changes, wanted, reason=reason)
    if leaving:
        undo.later("opening port groups", partial(_take_back, hypervisor, groups, leaving))
    for group in (switches.read(group) for group in groups):
        if group.record is not None:
            switches.remember(group, group.record)
    return changes


def give_back_later(hypervisor: Hypervisor, pair: Pair, undo: Undo) -> None:
    """Give back what nobody is on any more, when the machines of a run that fails have gone."""
    if (switches := hypervisor.switches) is not None:
        undo.later(
            "the port groups that nobody is on",
            lambda: give_back(hypervisor, _of(pair, switches.all()), leaving=()),
        )


def of_machines(hypervisor: Hypervisor, names: Collection[str]) -> tuple[SwitchGroup, ...]:
    """Return the port groups of these names."""
    if hypervisor.switches is None:
        return ()
    return tuple(group for group in hypervisor.switches.all() if group.name in names)


def give_back(
    hypervisor: Hypervisor, groups: Iterable[SwitchGroup], *, leaving: Collection[str]
) -> Returned:
    """Give back what pairs had opened, and no machine of a pair is on but those that leave."""
    switches = hypervisor.switches
    if switches is None:
        return Returned()
    taken = _taken(hypervisor, leaving)
    every = tuple(groups)
    edited, closed = [], []
    for group in (group for group in every if group.name not in taken):
        record = switches.read(group).record or group.record
        if record is None or not record.reason.startswith(need.FOR_A_PAIR):
            continue
        try:
            switchrecord.require_unchanged(switches.read(group), record)
        except CheckFailedError as error:
            edited.append(f"{error}\n{error.details}")
            continue
        switchchange.restore(switches, Change(group=group, wanted=record.before))
        closed.append((group, record))
    taken = _taken(hypervisor, leaving) if closed else taken
    for group, record in closed:
        if group.name in taken:  # somebody came who has seen it open still
            switchchange.reopen(switches, group, record)
    return Returned(
        edited=tuple(edited), busy=tuple(group for group in every if group.name in taken)
    )


def _take_back(
    hypervisor: Hypervisor, groups: tuple[SwitchGroup, ...], leaving: Collection[str]
) -> None:
    """Give port groups back when a run has failed; say what cannot be."""
    if edited := give_back(hypervisor, groups, leaving=leaving).edited:
        raise CheckFailedError("it stays as it is.", details="\n".join(edited))


def _taken(hypervisor: Hypervisor, leaving: Collection[str]) -> set[str]:
    """Return the names of port groups that machines of pairs are on, but for those that leave.

    Whose a machine with a damaged mark is nobody knows: it may be a pair's.
    """
    return {
        nic.port_group
        for machine in hypervisor.machines.list()
        if (machine.mark is not None or machine.mark_error) and machine.name not in leaving
        for nic in machine.nics
    }


def _of(pair: Pair, every: Iterable[SwitchGroup]) -> tuple[SwitchGroup, ...]:
    names = {guest.port_group for guest in pair.guests}
    if pair.management is not None:
        names.add(pair.management.port_group)
    return tuple(group for group in every if group.name in names)
