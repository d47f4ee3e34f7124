"""How ports are told: a document for programs, lines for people. Pure."""

from collections.abc import Iterable, Sequence
from dataclasses import asdict
from typing import assert_never

from vipprov.guest.check import Verdict
from vipprov.guest.pair import Setting
from vipprov.hv import portrecord
from vipprov.hv.portgroup import Port, PortGroup, PortState
from vipprov.pipelines.columns import aligned
from vipprov.pipelines.portgroup import Opening, Shown

COLUMNS = (
    "MACHINE",
    "NIC",
    "DEVICE",
    "FILTER",
    "LEARNING",
    "PROMISCUOUS",
    "MAC CHANGES",
    "FORGED",
    "PASSES",
)


def shown_document(shown: Shown) -> dict[str, object]:
    """Return what `portgroup show` found."""
    group = shown.port_group
    return {
        "name": shown.name,
        "port_group": None if group is None else _group_document(group),
        "ports": ports_document(shown.ports),
    }


def shown_text(shown: Shown) -> str:
    """Return what `portgroup show` found, as a table with notes under it."""
    parts: list[str] = []
    if (group := shown.port_group) is not None:
        parts += [_heading(group), ports_text(group.ports)]
    if shown.ports or group is None:
        parts += [f"{shown.name}: machine", ports_text(shown.ports)]
    return "\n".join(parts)


def ports_document(ports: Iterable[Port]) -> list[dict[str, object]]:
    """Return these ports."""
    return [_port_document(port) for port in ports]


def ports_text(ports: Sequence[Port]) -> str:
    """Return these ports as a table, and under it what stands in the way on each."""
    if not ports:
        return "  No NIC of a machine is plugged in."
    rows = [COLUMNS, *(_row(port) for port in ports)]
    return "\n".join(
        (aligned(rows, indent="  "), *(note for port in ports for note in _notes(port)))
    )


def opening_document(opening: Opening) -> dict[str, object]:
    """Return what `permit` would make of a port."""
    return {"machine": opening.machine, "mac": opening.mac, "change": asdict(opening.record)}


def opening_text(opening: Opening) -> str:
    """Return what `permit` would make of a port, side by side with what is there."""
    record = opening.record
    lines = [f"{opening.machine} {opening.mac}, for {', '.join(record.macs)}; nothing was changed"]
    lines += _sides("configuration", record.before, record.opened)
    if record.before_in_force is not None and record.opened_in_force is not None:
        lines += _sides("in force", record.before_in_force, record.opened_in_force)
    return "\n".join(lines)


def _heading(group: PortGroup) -> str:
    bridge = f", bridge {group.bridge}" if group.bridge not in {None, group.name} else ""
    others = f"; also plugged in: {', '.join(group.others)}" if group.others else ""
    carries = _carries(group.can_carry, group.reason)
    return f"{group.name}: {group.kind.value}{bridge}; {carries}{others}"


def _carries(verdict: Verdict, reason: str) -> str:
    word = {Verdict.PASS: "can", Verdict.FAIL: "can never", Verdict.UNKNOWN: "may or may not"}
    return f"{word[verdict]} carry a virtual MAC{f': {reason}' if reason else ''}"


def _row(port: Port) -> tuple[str, ...]:
    state = port.in_force or port.configured
    return (
        port.machine,
        port.mac,
        port.device or "(off)",
        "none" if state.filter is None else state.filter.name,
        _learning(state),
        *(
            _setting(setting)
            for setting in (
                port.settings.promiscuous,
                port.settings.mac_changes,
                port.settings.forged_transmits,
            )
        ),
        ", ".join(sorted(port.passes)) or "-",
    )


def _learning(state: PortState) -> str:
    match state.learning:
        case None:
            return "-"
        case True:
            return "on"
        case False:
            return "off"
        case _:
            assert_never(state.learning)


def _notes(port: Port) -> Iterable[str]:
    subject = f"  {port.machine} {port.mac}"
    if port.can_carry is not Verdict.PASS:
        yield f"{subject}: {_carries(port.can_carry, port.reason)}."
    for obstacle in port.obstacles:
        yield f"{subject}: {obstacle}"
    if port.unhooked is not None:
        yield f"{subject}: {_unhooked(port.unhooked)}"
    if _differs(port):
        yield f"{subject}: configuration: {portrecord.told(port.configured)}"
    if port.in_force is not None and _differs(port):
        yield f"{subject}: in force: {portrecord.told(port.in_force)}"
    if port.record is not None:
        yield f"{subject}: opened by vipprov; before: {portrecord.told(port.record.before)}"


def _unhooked(name: str) -> str:
    return f"bound to the filter {name}, whose chain somebody took out of the host's ebtables"


def _differs(port: Port) -> bool:
    if port.in_force is None:
        return False
    configured = (port.configured.filter, port.configured.isolated)
    return configured != (port.in_force.filter, port.in_force.isolated)


def _sides(label: str, before: PortState, after: PortState) -> list[str]:
    if before == after:
        return [f"  {label}: stays: {portrecord.told(before)}"]
    return [
        f"  {label}: {portrecord.told(before)}",
        f"  {'→':>{len(label)}}  {portrecord.told(after)}",
    ]


def _setting(setting: Setting | None) -> str:
    return "unknown" if setting is None else setting.value


def _group_document(group: PortGroup) -> dict[str, object]:
    return {
        "name": group.name,
        "kind": group.kind.value,
        "bridge": group.bridge,
        "can_carry": group.can_carry.value,
        "reason": group.reason,
        "ports": ports_document(group.ports),
        "others": list(group.others),
    }


def _port_document(port: Port) -> dict[str, object]:
    return {
        "machine": port.machine,
        "mac": port.mac,
        "device": port.device,
        "port_group": port.port_group,
        "kind": port.kind.value,
        "bridge": port.bridge,
        "can_carry": port.can_carry.value,
        "reason": port.reason,
        "promiscuous": _setting(port.settings.promiscuous),
        "mac_changes": _setting(port.settings.mac_changes),
        "forged_transmits": _setting(port.settings.forged_transmits),
        "passes": sorted(port.passes),
        "obstacles": list(port.obstacles),
        "pinned_macs": sorted(port.pinned_macs),
        "unhooked": port.unhooked,
        "configured": asdict(port.configured),
        "in_force": None if port.in_force is None else asdict(port.in_force),
        "record": None if port.record is None else asdict(port.record),
    }
