"""What the pipelines have to say, as text for people and as documents for programs. Pure."""

from collections.abc import Iterable

from vipprov.guest import vrrp
from vipprov.guest.pair import Pair
from vipprov.hv import registry
from vipprov.hv.machine import Machine, Nic
from vipprov.pipelines import actions, actionwords, report
from vipprov.pipelines.actions import Plan
from vipprov.pipelines.create import Outcome
from vipprov.pipelines.fleet import Fleet


def plan_text(pair: str, wanted: Plan) -> str:
    """Return the plan, one action a line, with the exact difference of each file."""
    count = len(wanted.actions)
    lines = [f"{pair}: {count} to do" if count else f"{pair}: unchanged"]
    for action in wanted.actions:
        lines.append(f"  {actionwords.describe(action)}")
        if isinstance(action, actions.Reconfigure):
            diffs = (change.diff for change in action.changes)
            lines += [f"      {line}" for diff in diffs for line in diff.splitlines()]
    if wanted.destructive:
        lines.append("  Needs new machines: add --replace to `vipprov vm create`.")
    if wanted.disruptive:
        lines.append("  Touches what all members share: the backups stop while the owner changes.")
    lines += [f"  {note}" for note in wanted.notes]
    return "\n".join(lines)


def plan_document(pair: str, wanted: Plan) -> dict[str, object]:
    """Return the plan as a JSON document."""
    return {
        "pair": pair,
        "changed": bool(wanted.actions),
        "needs_replace": bool(wanted.destructive),
        "disruptive": wanted.disruptive,
        "actions": [_action_document(action) for action in wanted.actions],
        "notes": list(wanted.notes),
    }


def outcome_text(outcome: Outcome) -> str:
    """Return what a run did and the proof."""
    head = f"{outcome.pair}: {'changed' if outcome.changed else 'unchanged'}"
    return f"{report.text(outcome.report)}\n\n{head}"


def outcome_document(outcome: Outcome) -> dict[str, object]:
    """Return what a run did and the proof as a JSON document."""
    return {
        **plan_document(outcome.pair, outcome.plan),
        "result": "changed" if outcome.changed else "unchanged",
        "proof": report.document(outcome.report),
    }


def fleets_text(pairs: Iterable[Fleet]) -> str:
    """Return a table of pairs."""
    lines = [
        f"{pair.name:<20}{len(pair.machines):>3} guests  "
        + ", ".join(f"{machine.name} {_state(machine)}" for machine in pair.machines)
        for pair in pairs
    ]
    return "\n".join(lines) or "no pairs here"


def fleet_text(pair: Fleet, told: Pair) -> str:
    """Return a pair: what its file told last, and its machines with their NICs."""
    addresses = ", ".join(map(str, told.vip.addresses))
    macs = ", ".join(vrrp.virtual_macs(told)) or "none"
    lines = [pair.name, f"  vIP {addresses}  VRID {told.vip.virtual_router_id}  vMAC {macs}"]
    for machine in pair.machines:
        own = next((one.addresses for one in told.guests if one.name == machine.name), ())
        lines.append(f"  {machine.name}  {_state(machine)}  {', '.join(map(str, own))}")
        lines += [
            f"    {nic.guest_name}  {nic.mac}  {nic.port_group}{_filter(told, nic)}"
            for nic in machine.nics
        ]
    return "\n".join(lines)


def _filter(told: Pair, nic: Nic) -> str:
    """Say which filter a NIC has, where there are such things."""
    return "" if registry.keeps_switches(told.hypervisor) else f"  filter {nic.filter or 'none'}"


def _told(pair: Pair) -> dict[str, object]:
    return {
        "vip": [str(address) for address in pair.vip.addresses],
        "virtual_router_id": pair.vip.virtual_router_id,
        "virtual_macs": list(vrrp.virtual_macs(pair)),
        "addresses": {one.name: [str(own) for own in one.addresses] for one in pair.guests},
    }


def _state(machine: Machine) -> str:
    is_whole = machine.mark is not None and machine.mark.ready
    return machine.power.value if is_whole else f"{machine.power.value}, unfinished"


def fleet_document(pair: Fleet, told: Pair | None = None) -> dict[str, object]:
    """Return a pair and its machines as a JSON document, with what its file told last."""
    return {
        "pair": pair.name,
        **({} if told is None else _told(told)),
        "machines": [
            {
                "name": machine.name,
                "uuid": machine.uuid,
                "power": machine.power.value,
                "ready": machine.mark is not None and machine.mark.ready,
                "nics": [
                    {
                        "name": nic.guest_name,
                        "mac": nic.mac,
                        "port_group": nic.port_group,
                        "filter": nic.filter,
                    }
                    for nic in machine.nics
                ],
            }
            for machine in pair.machines
        ],
    }


def _action_document(action: actions.Action) -> dict[str, object]:
    document: dict[str, object] = {
        "action": type(action).__name__.lower(),
        "summary": actionwords.describe(action),
    }
    if isinstance(action, actions.Reconfigure):
        document["files"] = [
            {"path": str(change.path), "diff": change.diff} for change in action.changes
        ]
    return document
