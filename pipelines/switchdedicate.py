"""Give a machine a port group of its own, and take it away again: read, decide, act."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import partial

from vipprov.guest.errors import DeadlineError, HypervisorError
from vipprov.guest.undo import Undo
from vipprov.hv import switchrecord
from vipprov.hv.switchgroup import Record, SwitchGroup, SwitchGroups
from vipprov.hv.switchplan import Least
from vipprov.pipelines import dedicate, switchchange
from vipprov.pipelines.dedicate import Clone, Dedication
from vipprov.pipelines.switchgroup import Change


@dataclass(frozen=True, slots=True, kw_only=True)
class Returned:
    """A dedicated port group that was given up: who went back, and whether it is gone.

    `staying` are the machines for whose sake it is not.
    """

    group: SwitchGroup
    source: SwitchGroup
    moved: tuple[str, ...]
    staying: tuple[str, ...]


def permit(groups: SwitchGroups, plan: Dedication, *, mac_changes: bool) -> None:
    """Make what is not there yet, open it, and move the machine; or leave all as it was."""
    aim, reason = Least(mac_changes=mac_changes), f"for {plan.machine}"
    with Undo() as undo:
        for clone in plan.clones:
            there = _made(groups, clone, plan.name, reason, undo)
            change = Change(group=there, wanted=clone.change.wanted)
            undo.later(f"opening {there.title}", partial(switchchange.take_back, groups, change))
            switchchange.permit(groups, change, aim, reason=reason)
        if plan.moves:
            here, own = _ends(groups, plan)
            undo.later(f"moving {plan.machine}", partial(groups.move, plan.machine, own, here))
            groups.move(plan.machine, here, own)


def restore(
    groups: SwitchGroups, clones: Iterable[SwitchGroup], *, machine: str | None
) -> tuple[Returned, ...]:
    """Move this machine back, or all of them, and remove what nobody is on any more.

    A port group that somebody else changed is refused before anything is moved.
    """
    given_up = tuple(clones)
    every = groups.all()
    sources = {clone.key: dedicate.source_of(every, clone) for clone in given_up}
    for clone in given_up:
        if clone.record is not None:
            switchrecord.require_unchanged(clone, clone.record)
    moved: dict[str, tuple[str, ...]] = {}
    for clone in given_up:
        names = [one.name for one in clone.machines if machine in {None, one.name}]
        for name in names:
            groups.move(name, clone, sources[clone.key])
        moved[clone.key] = tuple(names)
    now = {group.key: group for group in groups.all()}
    left = {one.name for clone in given_up for one in now[clone.key].machines}
    for clone in given_up if not left else ():
        groups.remove(clone)
        if clone.host is not None:  # the record of a distributed one has gone with it
            groups.remember(clone, None)
    return tuple(
        Returned(
            group=clone,
            source=sources[clone.key],
            moved=moved[clone.key],
            staying=tuple(sorted(left)),
        )
        for clone in given_up
    )


def _made(groups: SwitchGroups, clone: Clone, name: str, reason: str, undo: Undo) -> SwitchGroup:
    """Return the clone, made if need be. It is remembered as ours before it is opened."""
    if clone.there is None:
        undo.later(f"adding {name}", partial(_unmade, groups, clone, name))
        try:
            groups.clone(clone.source, name)
        except DeadlineError as error:
            error.add_note(
                f"{name} may yet be made, closed as {clone.source.title} is: run it again."
            )
            raise
    there = _found(groups, clone, name)
    if there is None:
        raise HypervisorError(f"The port group {name} was added and cannot be found.")
    if there.record is None:
        source = clone.source.key
        record = Record(before=there.own, opened=there.own, reason=reason, source=source)
        groups.remember(there, record)
    return groups.read(there)


def _unmade(groups: SwitchGroups, clone: Clone, name: str) -> None:
    if (there := _found(groups, clone, name)) is not None:
        groups.remove(there)
        if there.host is not None:
            groups.remember(there, None)


def _found(groups: SwitchGroups, clone: Clone, name: str) -> SwitchGroup | None:
    host = clone.source.host
    return next((one for one in groups.all() if (one.name, one.host) == (name, host)), None)


def _ends(groups: SwitchGroups, plan: Dedication) -> tuple[SwitchGroup, SwitchGroup]:
    """Return the port group that the machine is on, and its clone."""
    every = groups.all()
    for clone in plan.clones:
        names = {one.name for one in clone.source.machines}
        own = next((o for o in every if (o.name, o.host) == (plan.name, clone.source.host)), None)
        if plan.machine in names and own is not None:
            return clone.source, own
    raise HypervisorError(f"{plan.machine} has left its port group meanwhile; run it again.")
