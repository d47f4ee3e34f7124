"""How port groups of virtual switches are told: documents for programs, lines for people. Pure."""

from collections.abc import Iterable, Sequence
from dataclasses import asdict
from enum import Enum

from vipprov.guest.pair import Setting
from vipprov.hv import switchrecord
from vipprov.hv.switchgroup import Effective, OwnPolicy, SwitchGroup
from vipprov.pipelines.columns import aligned
from vipprov.pipelines.harden import Hardening
from vipprov.pipelines.switchgroup import Change

COLUMNS = (
    "PORT GROUP",
    "HOST",
    "SWITCH",
    "KIND",
    "PROMISCUOUS",
    "MAC CHANGES",
    "FORGED",
    "LEARNING",
    "MACHINES",
)


def list_text(groups: Sequence[SwitchGroup]) -> str:
    """Return the port groups as a table; a star says that the port group sets it itself."""
    if not groups:
        return "There is no port group."
    return aligned([COLUMNS, *(_row(group) for group in groups)])


def list_document(groups: Iterable[SwitchGroup]) -> list[dict[str, object]]:
    """Return the port groups."""
    return [group_document(group) for group in groups]


def show_text(groups: Sequence[SwitchGroup]) -> str:
    """Return each port group with all that is known of it."""
    return "\n".join(line for group in groups for line in _shown(group))


def group_document(group: SwitchGroup) -> dict[str, object]:
    """Return one port group."""
    record = group.record
    return {
        "key": group.key,
        "name": group.name,
        "kind": group.kind.value,
        "switch": group.switch,
        "host": group.host,
        "own": own_document(group.own),
        "effective": _plain(asdict(group.effective)),
        "older_policy": None if group.older is None else _plain(asdict(group.older)),
        "can_learn": group.can_learn,
        "port_overrides": group.overridable,
        "reset_at_disconnect": group.resets,
        "machines": [_plain(asdict(machine)) for machine in group.machines],
        "opened": None
        if record is None
        else {
            "before": own_document(record.before),
            "opened": own_document(record.opened),
            "reason": record.reason,
        },
    }


def own_document(own: OwnPolicy) -> dict[str, object]:
    """Return what a port group says itself."""
    words = {
        "promiscuous": own.promiscuous,
        "mac_changes": own.mac_changes,
        "forged_transmits": own.forged_transmits,
    }
    return {
        **{name: "inherited" if word is None else word.value for name, word in words.items()},
        "mac_learning": None if own.learning is None else _plain(asdict(own.learning)),
    }


def changes_text(changes: Sequence[Change]) -> str:
    """Return what would change, and who else is on the port groups."""
    return "\n".join(line for change in changes for line in _changed(change))


def changes_document(changes: Iterable[Change]) -> list[dict[str, object]]:
    """Return what would change."""
    return [
        {
            "key": change.group.key,
            "port_group": change.group.title,
            "before": own_document(change.group.own),
            "after": own_document(change.wanted),
            "machines": [machine.name for machine in change.group.machines],
        }
        for change in changes
    ]


def hardening_text(hardening: Hardening) -> str:
    """Return what would be closed, for whom that is the end, and why the rest stays open."""
    lines = [f"  WARNING: {line}" for line in cut_off_lines(hardening)]
    lines += [f"  stays open: {one.group.title}: {one.reason}" for one in hardening.skipped]
    if not hardening.changes:
        lines.append("Nothing is open that may be closed.")
    return "\n".join((*filter(None, (changes_text(hardening.changes),)), *lines))


def cut_off_lines(hardening: Hardening) -> list[str]:
    """Return what closing comes to for pairs that need a port group open."""
    return [
        f"{group.title} was opened {_reason(group)}: its virtual address stops answering."
        for group in hardening.cut_off
    ]


def hardening_document(hardening: Hardening) -> dict[str, object]:
    """Return what would be closed, and why the rest stays open."""
    return {
        "changes": changes_document(hardening.changes),
        "cut_off": [
            {"key": group.key, "port_group": group.title, "opened": _reason(group)}
            for group in hardening.cut_off
        ],
        "skipped": [
            {"key": one.group.key, "port_group": one.group.title, "reason": one.reason}
            for one in hardening.skipped
        ],
    }


def _row(group: SwitchGroup) -> tuple[str, ...]:
    own, effective = group.own, group.effective
    learns = own.learning is not None and not own.learning.inherited
    return (
        group.name,
        group.host or "-",
        group.switch,
        group.kind.value,
        _word(effective.promiscuous, is_own=own.promiscuous is not None),
        _word(effective.mac_changes, is_own=own.mac_changes is not None),
        _word(effective.forged_transmits, is_own=own.forged_transmits is not None),
        _learning(group) + ("*" if learns else ""),
        str(len(group.machines)),
    )


def _shown(group: SwitchGroup) -> Iterable[str]:
    yield f"{group.title}: {group.kind.value}, switch {group.switch}, key {group.key}"
    yield f"  in effect: {_effective(group.effective)}"
    yield f"  its own:   {switchrecord.told(group.own)}"
    if group.older is not None and group.older != group.effective:
        yield f"  securityPolicy says: {_effective(group.older)}"
    if group.overridable:
        yield "  single ports may override the policy"
    if group.resets is False:
        yield "  a port keeps its settings when a machine leaves it"
    if group.record is not None:
        yield f"  opened {_reason(group)}"
        yield f"  before:    {switchrecord.told(group.record.before)}"
    for machine in group.machines:
        foreign = f"; foreign MACs: {', '.join(machine.foreign_macs)}" * bool(machine.foreign_macs)
        yield f"  machine {machine.name} ({'on' if machine.is_on else 'off'}){foreign}"


def _changed(change: Change) -> Iterable[str]:
    group = change.group
    if not change.is_needed:
        yield f"{group.title}: stays: {switchrecord.told(group.own)}"
        return
    yield f"{group.title}: {switchrecord.told(group.own)}"
    yield f"{'→':>{len(group.title) + 1}} {switchrecord.told(change.wanted)}"
    if group.machines:
        yield f"  on it: {', '.join(machine.name for machine in group.machines)}"


def _reason(group: SwitchGroup) -> str:
    return "by vipprov" if group.record is None else group.record.reason or "by vipprov"


def _effective(effective: Effective) -> str:
    words = (
        ("promiscuous", effective.promiscuous),
        ("MAC changes", effective.mac_changes),
        ("forged transmits", effective.forged_transmits),
    )
    told = [f"{name} {_word(word, is_own=False)}" for name, word in words]
    if effective.learning is not None:
        told.append(f"MAC learning {'on' if effective.learning else 'off'}")
    return ", ".join(told)


def _word(setting: Setting | None, *, is_own: bool) -> str:
    return ("unknown" if setting is None else setting.value) + "*" * is_own


def _learning(group: SwitchGroup) -> str:
    if not group.can_learn:
        return "-"
    return "on" if group.effective.learning else "off"


def _plain(table_: dict[str, object]) -> dict[str, object]:
    return {
        name: value.value if isinstance(value, Enum) else value for name, value in table_.items()
    }
