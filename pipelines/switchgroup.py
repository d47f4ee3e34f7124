"""Which port groups of virtual switches are meant, and what is to become of them. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass

from vipprov.guest.errors import MissingError, SpecError
from vipprov.guest.pair import Setting
from vipprov.hv import switchplan, switchrecord
from vipprov.hv.switchgroup import HostCheck, OwnPolicy, SwitchGroup
from vipprov.hv.switchplan import Aim


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
    """Return the port groups that are meant, or raise MissingError.

    A machine on a standard port group may move to a host that has one of the same name: that is
    meant as well.
    """
    every = [group for group in found if host is None or group.host in {None, host}]
    if groups := tuple(group for group in every if name in {group.name, group.key}):
        return Named(name=name, groups=groups)
    if on := [group for group in every if name in {one.name for one in group.machines}]:
        names = {group.name for group in on if group.host is not None}
        groups = tuple(group for group in every if group in on or _is_one_of(group, names))
        return Named(name=name, groups=groups, machine=name)
    raise MissingError(
        f"There is no port group and no machine {name}.",
        hint="`vipprov portgroup list URL` shows the port groups.",
    )


def to_permit(meant: Named, aim: Aim) -> tuple[Change, ...]:
    """Return what opens each of these port groups: as little as a virtual MAC needs, or as told."""
    switches = {(group.switch, group.host is None) for group in meant.groups}
    names = sorted({group.name for group in meant.groups})
    if meant.machine is not None and len(names) > 1:
        raise SpecError(
            f"{meant.name} is on {len(names)} port groups.",
            details="\n".join(names),
            hint="Name the one that carries the virtual address.",
        )
    if len({switch for switch, is_distributed in switches if is_distributed}) > 1:
        raise SpecError(
            f"{meant.name} is the name of port groups on several switches.",
            details="\n".join(f"{group.switch}: {group.key}" for group in meant.groups),
            hint="Name one by its key.",
        )
    return tuple(
        Change(group=group, wanted=switchplan.opened(group, aim)) for group in meant.groups
    )


def echoing_hosts(changes: Iterable[Change], checks: Iterable[HostCheck]) -> tuple[str, ...]:
    """Return the hosts on which a machine that becomes promiscuous may hear itself.

    Its own frames come back by another uplink of the team, unless the host drops them.
    """
    fresh = [one.group for one in changes if one.is_needed and _is_promiscuous(one.wanted)]
    return tuple(
        check.host
        for check in checks
        if check.reverse_path_check is False
        and any(group.host in {None, check.host} for group in fresh)
    )


def to_restore(meant: Named) -> tuple[Change, ...]:
    """Return what gives these port groups back; CheckFailedError if somebody else changed one.

    Those that vipprov made are not given back, but removed: see `switchdedicate`.
    """
    changes: list[Change] = []
    for group in meant.groups:
        if group.record is not None and not group.record.source:
            switchrecord.require_unchanged(group, group.record)
            changes.append(Change(group=group, wanted=group.record.before))
    return tuple(changes)


def _is_one_of(group: SwitchGroup, names: set[str]) -> bool:
    return group.host is not None and group.name in names


def _is_promiscuous(own: OwnPolicy) -> bool:
    return own.promiscuous is Setting.ACCEPT
