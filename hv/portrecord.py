"""What a port was before we changed it: how it is kept, and when it may be put back. Pure."""

import json
from collections.abc import Iterable
from dataclasses import asdict, replace
from typing import Any

from vipprov.guest.errors import CheckFailedError, HypervisorError
from vipprov.hv.portgroup import Filter, Port, PortState, Record

OURS_IN_CONFIGURATION = ("filter", "isolated")
OURS_IN_FORCE = ("filter", "isolated", "learning", "flood", "pinned")
# What a bridge port has when a machine was powered off and on since, and what it has for a moment
# while its filter is swapped: a run may have been killed just then.
PASSING = {"learning": True, "flood": True, "isolated": False, "pinned": None, "filter": None}


def begun(
    port: Port, *, opened: PortState, opened_in_force: PortState | None, macs: Iterable[str]
) -> Record:
    """Return the record of a change that is about to be made; what was before is kept as it is."""
    if port.record is None:
        before, live = port.configured, port.in_force
    else:
        before, live = port.record.before, port.record.before_in_force
        if live is None and port.in_force is not None:
            live = _with_configuration(port.in_force, before)
    return Record(
        before=before,
        before_in_force=live,
        opened=opened,
        opened_in_force=opened_in_force,
        macs=tuple(sorted(set(macs))),
    )


def resumed(port: Port) -> PortState | None:
    """Return what is in force, with the filter that a run was about to bind when it was killed."""
    if port.in_force is None or port.in_force.filter is not None or port.record is None:
        return port.in_force
    opened = port.record.opened_in_force
    return replace(port.in_force, filter=None if opened is None else opened.filter)


def restored_in_force(port: Port, record: Record) -> PortState | None:
    """Return what must be in force after the restore; None while the machine is off."""
    if port.in_force is None:
        return None
    return record.before_in_force or _with_configuration(port.in_force, record.before)


def require_unchanged(port: Port, record: Record) -> None:
    """Raise CheckFailedError if somebody else changed the port since we did."""
    strange = _strange(port.configured, (record.before, record.opened), OURS_IN_CONFIGURATION)
    if strange:
        versions = (record.before, record.opened, port.configured)
        raise _changed_by_others(port, "configuration", strange, versions)
    live = [state for state in (record.before_in_force, record.opened_in_force) if state]
    if port.in_force is None:
        return
    known = (record.before, record.opened, *live)
    strange = [
        name
        for name in _strange(port.in_force, known, OURS_IN_FORCE)
        if getattr(port.in_force, name) != PASSING[name]
    ]
    if strange:
        before = record.before_in_force or record.before
        versions = (before, record.opened_in_force or record.opened, port.in_force)
        raise _changed_by_others(port, "state in force", strange, versions)


def generated(record: Record) -> frozenset[str]:
    """Return the names of the filters that were made for the port when it was opened."""
    before, opened = (
        {state.filter.name for state in states if state is not None and state.filter is not None}
        for states in (
            (record.before, record.before_in_force),
            (record.opened, record.opened_in_force),
        )
    )
    return frozenset(opened - before)


def told(state: PortState) -> str:
    """Return the state in a line for people."""
    flags = {
        "learning": state.learning,
        "flood": state.flood,
        "isolated": state.isolated,
        "pinned": state.pinned,
        "trustGuestRxFilters": state.trust_guest_rx_filters,
    }
    words = (
        f"{name} {'on' if is_on else 'off'}" for name, is_on in flags.items() if is_on is not None
    )
    return ", ".join(
        ("no filter" if state.filter is None else f"filter {_filter(state.filter)}", *words)
    )


def dump(record: Record) -> str:
    """Return the record as the text that is kept on the machine."""
    return json.dumps(asdict(record), sort_keys=True)


def load(text: str) -> Record:
    """Return the record, or say that it is not one of ours."""
    try:
        table = json.loads(text)
        return Record(
            before=_state(table["before"]),
            before_in_force=_optional_state(table["before_in_force"]),
            opened=_state(table["opened"]),
            opened_in_force=_optional_state(table["opened_in_force"]),
            macs=tuple(table["macs"]),
        )
    except (ValueError, KeyError, TypeError) as error:
        raise HypervisorError(
            "What a port was before vipprov opened it cannot be read.",
            details=f"{error!r} in {text!r}",
            hint="Was it written by a newer vipprov, or edited by hand?",
        ) from error


def _with_configuration(in_force: PortState, configured: PortState) -> PortState:
    """Return what starting the machine with this configuration would have put in force."""
    return replace(in_force, filter=configured.filter, isolated=bool(configured.isolated))


def _strange(now: PortState, known: Iterable[PortState], fields: tuple[str, ...]) -> list[str]:
    states = tuple(known)
    return [
        name
        for name in fields
        if getattr(now, name) not in tuple(getattr(state, name) for state in states)
    ]


def _changed_by_others(
    port: Port, side: str, fields: list[str], versions: tuple[PortState, PortState, PortState]
) -> CheckFailedError:
    labels = ("before", "as we left it", "now")
    return CheckFailedError(
        f"{port.machine} {port.mac}: somebody else changed {', '.join(fields)} of the {side}.",
        details="\n".join(
            f"{label}: {told(state)}" for label, state in zip(labels, versions, strict=True)
        ),
        hint="Bring it by hand to one of the first two versions, then run this again.",
    )


def _filter(used: Filter) -> str:
    values = " ".join(f"{name}={value}" for name, value in used.parameters)
    return f"{used.name} ({values})" if values else used.name


def _optional_state(table: dict[str, Any] | None) -> PortState | None:
    return None if table is None else _state(table)


def _state(table: dict[str, Any]) -> PortState:
    flags = {name: value for name, value in table.items() if name != "filter"}
    return PortState(filter=_used(table["filter"]), **flags)


def _used(table: dict[str, Any] | None) -> Filter | None:
    if table is None:
        return None
    return Filter(
        name=table["name"],
        parameters=tuple((name, value) for name, value in table["parameters"]),
    )
