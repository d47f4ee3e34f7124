"""Port groups of virtual switches: find, open, give back, close. Plan first, then apply."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import partial

from vipprov.guest.errors import HypervisorError, MissingError, SpecError
from vipprov.guest.undo import Undo
from vipprov.hv import switchplan, switchrecord
from vipprov.hv.switchgroup import OwnPolicy, StaleError, SwitchGroup, SwitchGroups

TRIES = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One port group, and what is to become of its policy."""

    group: SwitchGroup
    wanted: OwnPolicy

    @property
    def is_needed(self) -> bool:
        """Say whether there is anything to do."""
        return self.group.own != self.wanted


@dataclass(frozen=True, slots=True, kw_only=True)
class Named:
    """What goes by a name: the port groups of that name, or those that a machine is on."""

    name: str
    groups: tuple[SwitchGroup, ...]
    machine: str | None = None


def named(found: Iterable[SwitchGroup], name: str, *, host: str | None = None) -> Named:
    """Return the port groups that are meant, or raise MissingError."""
    every = [group for group in found if host is None or group.host in {None, host}]
    if groups := tuple(group for group in every if name in {group.name, group.key}):
        return Named(name=name, groups=groups)
    on = tuple(group for group in every if name in {one.name for one in group.machines})
    if on:
        return Named(name=name, groups=on, machine=name)
    raise MissingError(
        f"There is no port group and no machine {name}.",
        hint="`vipprov portgroup list URL` shows the port groups.",
    )


def to_permit(meant: Named, *, mac_changes: bool) -> tuple[Change, ...]:
    """Return what opens each of these port groups as little as a virtual MAC needs."""
    switches = {(group.switch, group.host is None) for group in meant.groups}
    if meant.machine is not None and len(meant.groups) > 1:
        titles = "\n".join(group.title for group in meant.groups)
        raise SpecError(
            f"{meant.name} is on {len(meant.groups)} port groups.",
            details=titles,
            hint="Name the one that carries the virtual address.",
        )
    if len({switch for switch, is_distributed in switches if is_distributed}) > 1:
        raise SpecError(
            f"{meant.name} is the name of port groups on several switches.",
            details="\n".join(f"{group.switch}: {group.key}" for group in meant.groups),
            hint="Name one by its key.",
        )
    return tuple(
        Change(group=group, wanted=switchplan.least(group, mac_changes=mac_changes))
        for group in meant.groups
    )


def permit_all(
    groups: SwitchGroups, changes: Iterable[Change], *, mac_changes: bool, reason: str
) -> None:
    """Open these port groups, or none of them: a failure takes back what was opened before it."""
    with Undo() as undo:
        for change in changes:
            undo.later(f"opening {change.group.title}", partial(_take_back, groups, change))
            permit(groups, change, mac_changes=mac_changes, reason=reason)


def permit(groups: SwitchGroups, change: Change, *, mac_changes: bool, reason: str) -> SwitchGroup:
    """Open one port group, and remember what it was before it is touched."""

    def attempt(now: SwitchGroup) -> None:
        wanted = switchplan.least(now, mac_changes=mac_changes)
        if now.record is not None:
            switchrecord.require_unchanged(now, now.record)
        if now.own == wanted:
            return
        groups.remember(now, switchrecord.begun(now, wanted, reason=reason))
        groups.write(now, wanted)

    _retried(groups, change.group, attempt)
    return groups.read(change.group)


def to_restore(meant: Named) -> tuple[Change, ...]:
    """Return what gives these port groups back; CheckFailedError if somebody else changed one."""
    changes: list[Change] = []
    for group in meant.groups:
        if group.record is not None:
            switchrecord.require_unchanged(group, group.record)
            changes.append(Change(group=group, wanted=group.record.before))
    return tuple(changes)


def restore(groups: SwitchGroups, change: Change) -> SwitchGroup:
    """Give one port group back as it was, then forget what it was."""

    def attempt(now: SwitchGroup) -> None:
        if (record := now.record) is None:
            return
        switchrecord.require_unchanged(now, record)
        if now.own != record.before:
            groups.write(now, record.before)
        groups.remember(now, None)

    _retried(groups, change.group, attempt)
    return groups.read(change.group)


def close(groups: SwitchGroups, change: Change) -> None:
    """Close one port group; what it was is not remembered, for nobody needs it."""

    def attempt(now: SwitchGroup) -> None:
        wanted = switchplan.closed(now)
        if now.record is None and now.own != wanted:
            groups.write(now, wanted)

    _retried(groups, change.group, attempt)


def _take_back(groups: SwitchGroups, change: Change) -> None:
    """Bring a port group to what it was when the run began, and its record too."""
    before, now = change.group, groups.read(change.group)
    if (now.own, now.record) == (before.own, before.record):
        return
    if now.own == before.own and now.version is None:
        raise HypervisorError(
            "the record stays: the host may yet do what it was asked for.",
            details=f"`vipprov portgroup restore` of {before.name} takes both back.",
        )
    # Written even where it is the same: a call that is still on its way is then out of date.
    groups.write(now, before.own)
    groups.remember(now, before.record)


def _retried(
    groups: SwitchGroups, group: SwitchGroup, attempt: Callable[[SwitchGroup], None]
) -> None:
    """Read, decide and act; when somebody was quicker, all of it again, but not for ever."""
    for _ in range(TRIES - 1):
        try:
            attempt(groups.read(group))
        except StaleError:
            continue
        return
    attempt(groups.read(group))
