"""Make a pair so: observe, plan, act, prove. What fails before the proof is undone."""

import shutil
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass, replace
from pathlib import Path
from typing import assert_never

from vipprov.guest import update
from vipprov.guest.deadline import Deadline
from vipprov.guest.errors import SpecError, VipprovError
from vipprov.guest.render import OWNED
from vipprov.hv.machine import Power
from vipprov.hv.registry import Hypervisor
from vipprov.pipelines import guestfiles, observe, ready, reconfigure, remove
from vipprov.pipelines import plan as planning
from vipprov.pipelines.plan import (
    Desired,
    DesiredGuest,
    Make,
    Plan,
    Reconfigure,
    Refilter,
    Remove,
    Replace,
    Resume,
)
from vipprov.pipelines.sidebyside import each

Report = Callable[[str], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """What the steps of one run share: the hypervisor, the deadline, and who is told.

    `election` is the seconds after which a pair that can find an owner has found one.
    """

    hypervisor: Hypervisor
    pair: str
    by: Deadline
    election: float
    say: Report
    logs: Path


def apply(desired: Desired, run: Run, *, may_replace: bool) -> Plan:
    """Bring the pair to what is desired and return what that took; undo it all on a failure.

    Nothing is proven yet when this returns: the guests are configured and keepalived runs.
    """
    observed = observe.observe(desired, run.hypervisor, by=run.by)
    plan = planning.plan(desired, observed)
    _refuse(plan, may_replace=may_replace)
    for guest in desired.guests:
        for nic in guest.spec.nics:
            run.hypervisor.port_groups.refuse_hopeless(nic.port_group)
    with ExitStack() as undo:
        undo.push(_told(run))
        _act(plan, run, undo)
        undo.pop_all()
    return plan


def _refuse(plan: Plan, *, may_replace: bool) -> None:
    if plan.destructive and not may_replace:
        raise SpecError(
            "This change needs new machines.",
            details="\n".join(planning.describe(action) for action in plan.destructive),
            hint="Add --replace to destroy them and make them anew.",
        )


def _act(plan: Plan, run: Run, undo: ExitStack) -> None:
    for action in plan.actions:
        run.say(planning.describe(action))
    for name in (_destroyed(action) for action in plan.destructive):
        remove.named(run.hypervisor, name, pair=run.pair)
    for action in plan.actions:
        if isinstance(action, Refilter):
            _refilter(action, run)
    made = tuple(action.guest for action in plan.actions if isinstance(action, Make | Replace))
    for guest in made:
        undo.callback(remove.named, run.hypervisor, guest.spec.name, pair=run.pair)
    up = (*made, *(action.guest for action in plan.actions if isinstance(action, Resume)))
    changed = tuple(action.guest for action in plan.reconfigurations)
    try:
        # First what is there: a new guest that spoke otherwise than the owner would be one too.
        _reconfigure(plan.reconfigurations, run)
        each(up, lambda guest: _bring_up(guest, run), by=run.by)
        resumed = tuple(_outdated(guest, run) for guest in up if guest not in made)
        _reconfigure(tuple(filter(None, resumed)), run)
    except VipprovError as error:
        raise _with_logs(error, (*up, *changed), run) from error


def _reconfigure(changes: tuple[Reconfigure, ...], run: Run) -> None:
    machines = run.hypervisor.machines
    reconfigure.apply(changes, machines, by=run.by, election=run.election, say=run.say)


def _told(run: Run) -> Callable[[object, object, object], None]:
    """Return what says, when something went wrong, that it is being undone."""

    def say(kind: object, _error: object, _trace: object) -> None:
        if kind is not None:
            run.say("undoing what this run made")

    return say


def _outdated(guest: DesiredGuest, run: Run) -> Reconfigure | None:
    """Return what a guest that was off, or half done, still has of an older pair file."""
    files = guestfiles.read(run.hypervisor.machines, guest.spec.name, OWNED, by=run.by)
    changes = update.changes(files, guest.configuration)
    return Reconfigure(guest=guest, changes=changes) if changes else None


def _destroyed(action: Replace | Remove) -> str:
    match action:
        case Remove(machine=machine):
            return machine.name
        case Replace(guest=guest):
            return guest.spec.name
        case _:
            assert_never(action)


def _bring_up(guest: DesiredGuest, run: Run) -> None:
    machines, name = run.hypervisor.machines, guest.spec.name
    # The machine comes first: whatever else a killed run leaves is found again by its mark.
    machine = machines.define(guest.spec)
    for nic in guest.spec.nics:
        if nic.filter is not None and guest.filter_macs:
            run.hypervisor.port_groups.add_filter(nic.filter, nic.mac, guest.filter_macs)
    if machine.power is not Power.ON:
        _apply_policy(guest, run)  # what a port is configured with counts from its start
        machines.set_power(name, Power.ON)
    _apply_policy(guest, run)
    run.say(f"{name} boots")
    ready.wait(machines, name, by=run.by)
    for warning in ready.demand_able(machines, name, by=run.by):
        run.say(f"{name}: {warning}")
    machines.set_mark(name, replace(guest.spec.mark, ready=True))
    run.say(f"{name} is configured")


def _apply_policy(guest: DesiredGuest, run: Run) -> None:
    if guest.policy is not None:
        run.hypervisor.port_groups.apply(guest.spec.name, guest.guest.mac, guest.policy)


def _refilter(action: Refilter, run: Run) -> None:
    port_groups = run.hypervisor.port_groups
    if action.after is not None and action.guest.filter_macs:
        port_groups.add_filter(action.after, action.mac, action.guest.filter_macs)
    port_groups.set_filter(action.guest.spec.name, action.mac, action.after)


def _with_logs(error: VipprovError, guests: tuple[DesiredGuest, ...], run: Run) -> VipprovError:
    """Save the guests' logs before anything is undone; return the error with their place."""
    if not guests:
        return error
    where = f"The guests' logs are in {run.logs}."
    try:
        for guest in guests:
            run.hypervisor.machines.save_logs(guest.spec.name, run.logs / guest.spec.name)
    except (OSError, shutil.Error) as unsaved:
        where = f"The guests' logs could not be saved: {unsaved}."
    return type(error)(
        str(error), details="\n".join(filter(None, (error.details, where))), hint=error.hint
    )
