"""How port groups of virtual switches are told: documents for programs, lines for people. Pure."""

from collections.abc import Iterable, Sequence
from dataclasses import asdict
from enum import Enum

from vipprov.guest.pair import Setting
from vipprov.hv import switchrecord
from vipprov.hv.switchgroup import Effective, OwnPolicy, SwitchGroup
from vipprov.pipelines.columns import aligned

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
        yield f"  opened {reason(group)}"
        yield f"  before:    {switchrecord.told(group.record.before)}"
    for machine in group.machines:
        pair = f", pair {machine.pair}" if machine.pair else ""
        foreign = f"; foreign MACs: {', '.join(machine.foreign_macs)}" * bool(machine.foreign_macs)
        yield f"  machine {machine.name} ({'on' if machine.is_on else 'off'}{pair}){foreign}"


def reason(group: SwitchGroup) -> str:
    """Return for whom vipprov opened the port group, or whom it serves."""
    if group.pairs and group.record is None:
        return f"for the pair {', '.join(group.pairs)}"
    told = "" if group.record is None else group.record.reason
    return f"for the {told}" if told.startswith("pair ") else told or "by vipprov"


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
