"""A port group for the virtual MACs of a machine alone: which, cloned from what, opened how. Pure.

It has the VLAN and the teaming of the port group that the machine is on. That one stays as it is,
for everybody else on it. Of a standard one, each host that has it gets a clone: the machine may
move there.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace

from vipprov.guest.errors import MissingError, SpecError
from vipprov.hv import switchplan
from vipprov.hv.switchgroup import SwitchGroup
from vipprov.pipelines.switchgroup import Change, Named


@dataclass(frozen=True, slots=True, kw_only=True)
class Clone:
    """A port group, its clone if it is there already, and what opening makes of the clone."""

    source: SwitchGroup
    there: SwitchGroup | None
    change: Change


@dataclass(frozen=True, slots=True, kw_only=True)
class Dedication:
    """What gives a machine a port group of its own; `moves` is false if it is on it already."""

    machine: str
    name: str
    clones: tuple[Clone, ...]
    moves: bool

    @property
    def others(self) -> tuple[str, ...]:
        """Who else is on the dedicated port group, and is reached by what is opened there."""
        there = (one.there.machines for one in self.clones if one.there is not None)
        names = {machine.name for machines in there for machine in machines}
        return tuple(sorted(names - {self.machine}))

    @property
    def staying(self) -> tuple[str, ...]:
        """Who stays on the port group that the machine leaves."""
        names = {machine.name for one in self.clones for machine in one.source.machines}
        return tuple(sorted(names - {self.machine}))


def plan(
    found: Iterable[SwitchGroup],
    machine: str,
    *,
    source: str | None = None,
    name: str | None = None,
    mac_changes: bool = False,
) -> Dedication:
    """Return what gives this machine a port group of its own, in place of `source`."""
    groups = tuple(found)
    on = _places(groups, machine)
    ours = [one for one in on if is_dedicated(one) and name in {None, one.name}]
    moves = not ours
    left = source_of(groups, ours[0]) if ours else _left(on, machine, source)
    if left.host is None:
        sources = [left]
    else:
        sources = [one for one in groups if one.name == left.name and one.host is not None]
    wanted = ours[0].name if ours else name or f"{left.name}-vip"
    clones = tuple(_clone(groups, one, wanted, mac_changes=mac_changes) for one in sources)
    return Dedication(machine=machine, name=wanted, clones=clones, moves=moves)


def is_dedicated(group: SwitchGroup) -> bool:
    """Say whether vipprov made the port group."""
    return group.record is not None and bool(group.record.source)


def source_of(groups: Iterable[SwitchGroup], clone: SwitchGroup) -> SwitchGroup:
    """Return the port group that this one was cloned from, or raise MissingError."""
    key = _source_key(clone)
    for group in groups:
        if group.key == key:
            return group
    raise MissingError(f"The port group that {clone.title} was cloned from is gone: {key}.")


def to_remove(found: Iterable[SwitchGroup], meant: Named) -> tuple[SwitchGroup, ...]:
    """Return the dedicated port groups that are meant, on all hosts that have them.

    A run that was killed may have moved the machine back already: those that nobody is on, and that
    were cloned from where the machine is now, are meant as well.
    """
    groups = [group for group in found if is_dedicated(group)]
    here = {group.key for group in meant.groups}
    names = {
        group.name
        for group in groups
        if group.key in here
        or (meant.machine is not None and not group.machines and _source_key(group) in here)
    }
    return tuple(group for group in groups if group.name in names)


def _source_key(group: SwitchGroup) -> str:
    return "" if group.record is None else group.record.source


def _places(groups: Iterable[SwitchGroup], machine: str) -> list[SwitchGroup]:
    on = [one for one in groups if machine in {plugged.name for plugged in one.machines}]
    if on:
        return on
    raise MissingError(
        f"There is no machine {machine} on any port group.",
        hint="A dedicated port group is made for a machine: name that, and not a port group.",
    )


def _left(on: list[SwitchGroup], machine: str, source: str | None) -> SwitchGroup:
    """Return the port group that the machine is to leave."""
    chosen = [one for one in on if source is None or source in {one.name, one.key}]
    if not chosen:
        raise MissingError(f"{machine} is not on {source}.", details=_listed(on))
    if len(chosen) > 1:
        raise SpecError(
            f"{machine} is on {len(chosen)} port groups.",
            details=_listed(chosen),
            hint="Name the one that carries the virtual address: --from PORT_GROUP.",
        )
    switchplan.require_ours(chosen[0])
    return chosen[0]


def _clone(
    groups: Iterable[SwitchGroup], source: SwitchGroup, name: str, *, mac_changes: bool
) -> Clone:
    there = next((one for one in groups if one.name == name and one.host == source.host), None)
    if there is not None:
        _require_ours(there, source)
    fresh = replace(source, name=name, key="", machines=(), record=None)
    group = fresh if there is None else there
    wanted = switchplan.least(group, mac_changes=mac_changes)
    return Clone(source=source, there=there, change=Change(group=group, wanted=wanted))


def _require_ours(there: SwitchGroup, source: SwitchGroup) -> None:
    """Refuse a port group that is not ours; one that a killed run has just made is."""
    if there.record is not None and there.record.source == source.key:
        return
    is_fresh = there.record is None and not there.machines
    if is_fresh and (there.own, there.switch) == (source.own, source.switch):
        return
    raise SpecError(
        f"There is a port group {there.title} already, and it is no clone of {source.name}.",
        hint="Name another one: --name PORT_GROUP.",
    )


def _listed(groups: Iterable[SwitchGroup]) -> str:
    return "\n".join(group.title for group in groups)
