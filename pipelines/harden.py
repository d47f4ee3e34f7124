"""Which open port groups may be closed, and why the others may not. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass

from vipprov.hv import switchplan
from vipprov.hv.switchgroup import GroupKind, SwitchGroup
from vipprov.pipelines.switchgroup import Change

OURS = frozenset({GroupKind.STANDARD, GroupKind.DISTRIBUTED})


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


def plan(found: Iterable[SwitchGroup], *, named: frozenset[str] = frozenset()) -> Hardening:
    """Return what closes all that is open and serves nobody.

    A port group is closed with machines on it only if it is named, and never while vipprov opened
    it for somebody or a guest on it shows a MAC that is on none of its NICs.
    """
    changes: list[Change] = []
    skipped: list[Skipped] = []
    for group in found:
        if group.kind not in OURS or not switchplan.is_open(group):
            continue
        if reason := _reason(group, is_named=bool(named & {group.name, group.key})):
            skipped.append(Skipped(group=group, reason=reason))
        else:
            changes.append(Change(group=group, wanted=switchplan.closed(group)))
    return Hardening(changes=tuple(changes), skipped=tuple(skipped))


def _reason(group: SwitchGroup, *, is_named: bool) -> str:
    if group.record is not None:
        return f"vipprov opened it {group.record.reason}".rstrip() + ": restore gives it back"
    running = [machine for machine in group.machines if machine.is_on]
    for machine in running:
        if machine.foreign_macs:
            return f"{machine.name} shows foreign MACs: {', '.join(machine.foreign_macs)}"
    if running and not is_named:
        names = ", ".join(machine.name for machine in running)
        return f"machines are powered on: {names}; name it to close it all the same"
    return ""
