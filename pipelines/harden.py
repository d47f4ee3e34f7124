"""Which open port groups may be closed, and why the others may not. Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from vipprov.guest.errors import MissingError
from vipprov.guest.policyexception import PolicyException
from vipprov.hv import switchplan
from vipprov.hv.switchgroup import GroupKind, SwitchGroup
from vipprov.pipelines.switchgroup import Change

OURS = frozenset({GroupKind.STANDARD, GroupKind.DISTRIBUTED})
# VRRP over IPv4 and over IPv6; see RFC 5798, 7.3.
VIRTUAL_ROUTERS = ("00:00:5e:00:01:", "00:00:5e:00:02:")


@dataclass(frozen=True, slots=True, kw_only=True)
class Skipped:
    """A port group that stays open, and the reason."""

    group: SwitchGroup
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Hardening:
    """What is to be closed, and what is left alone."""

    changes: tuple[Change, ...]
    skipped: tuple[Skipped, ...]

    @property
    def cut_off(self) -> tuple[SwitchGroup, ...]:
        """The port groups that are to be closed although a pair needs them open."""
        groups = (one.group for one in self.changes)
        return tuple(group for group in groups if group.record is not None or group.pairs)


def plan(
    found: Iterable[SwitchGroup],
    *,
    named: frozenset[str] = frozenset(),
    force: bool = False,
    excepted: Mapping[str, PolicyException] | None = None,
) -> Hardening:
    """Return what closes all that is open and serves nobody; `excepted` goes by the key.

    A port group is closed with machines on it only if it is named; one that vipprov opened, that
    serves a pair or that an exception is for, if `force` is given as well; and one on which a guest
    shows a MAC that is on none of its NICs, never: but for those of the pair that is given up.
    """
    groups = tuple(found)
    _require_known(groups, named)
    changes: list[Change] = []
    skipped: list[Skipped] = []
    for group in groups:
        if group.kind not in OURS or not switchplan.is_open(group):
            continue
        is_named = bool(named & {group.name, group.key})
        promised = "" if force and is_named else _promised(group, (excepted or {}).get(group.key))
        if promised and force:
            promised = f"{promised}; name it to close it by force"
        if reason := promised or _needed(group, is_named=is_named):
            skipped.append(Skipped(group=group, reason=reason))
        else:
            changes.append(Change(group=group, wanted=switchplan.closed(group)))
    return Hardening(changes=tuple(changes), skipped=tuple(skipped))


def _promised(group: SwitchGroup, exception: PolicyException | None) -> str:
    """Return who was promised that it stays open."""
    if group.record is not None:
        return f"vipprov opened it {group.record.reason}".rstrip() + ": restore gives it back"
    if group.pairs:
        return f"it serves the pair {', '.join(group.pairs)}"
    if exception is not None:
        until = f"until {exception.expires}, {exception.owner}"
        return f"an exception for {exception.pair} {until}: {exception.reason}"
    return ""


def _needed(group: SwitchGroup, *, is_named: bool) -> str:
    """Return who is seen to need it open, or may."""
    running = [machine for machine in group.machines if machine.is_on]
    given_up = _macs_of_pair(group)
    for machine in running:
        if foreign := [mac for mac in machine.foreign_macs if mac not in given_up]:
            return f"{machine.name} shows foreign MACs: {', '.join(foreign)}"
    if running and not is_named:
        names = ", ".join(machine.name for machine in running)
        return f"machines are powered on: {names}; name it to close it all the same"
    return ""


def _macs_of_pair(group: SwitchGroup) -> frozenset[str]:
    """Return the MACs that the port group was opened for, as far as guests show them.

    They are those of its members, or of the machine that it was opened for; its partner shows the
    same. Where it was opened by name, any virtual router's may be meant.
    """
    if group.pairs:
        return frozenset(mac for one in group.machines if one.pair for mac in one.foreign_macs)
    if group.record is None:
        return frozenset()
    shown = {one.name: one.foreign_macs for one in group.machines}
    if (own := shown.get(group.record.reason.removeprefix("for "))) is not None:
        return frozenset(own)
    every = (mac for macs in shown.values() for mac in macs)
    return frozenset(mac for mac in every if mac.startswith(VIRTUAL_ROUTERS))


def _require_known(groups: Iterable[SwitchGroup], named: frozenset[str]) -> None:
    known = {word for group in groups for word in (group.name, group.key)}
    if unknown := sorted(named - known):
        raise MissingError(
            f"There is no port group {', '.join(unknown)}.",
            hint="`vipprov portgroup list URL` shows the port groups.",
        )
