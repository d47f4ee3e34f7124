"""Make a pair so: observe, plan, act; and remember how to take back what was done."""

from functools import partial
from typing import assert_never

from vipprov.guest import render, update
from vipprov.guest.errors import SpecError, VipprovError
from vipprov.guest.pair import Pair
from vipprov.guest.undo import Undo
from vipprov.pipelines import (
    actionwords,
    bringup,
    guestfiles,
    guestlogs,
    intend,
    livechange,
    opening,
    reconfigure,
    refilter,
    relearn,
    remove,
)
from vipprov.pipelines.actions import (
    Plan,
    Reconfigure,
    Refilter,
    Relearn,
    Remove,
    Replace,
    Resume,
    Start,
    Thaw,
)
from vipprov.pipelines.run import Run
from vipprov.pipelines.sidebyside import each
from vipprov.pipelines.state import Desired, DesiredGuest


def apply(desired: Desired, run: Run, undo: Undo, *, may_replace: bool) -> Plan:
    """Bring the pair to what is desired and return what that took.

    Nothing is proven yet when this returns: the guests are configured and keepalived runs.
    """
    plan = intend.intend(desired, run.hypervisor, by=run.by)
    _refuse(plan, may_replace=may_replace)
    _announce(plan, run)
    _act(plan, desired.pair, run, undo)
    return plan


def _refuse(plan: Plan, *, may_replace: bool) -> None:
    if plan.destructive and not may_replace:
        raise SpecError(
            "This change needs new machines.",
            details="\n".join(actionwords.describe(action) for action in plan.destructive),
            hint="Add --replace to destroy them and make them anew.",
        )


def _announce(plan: Plan, run: Run) -> None:
    for action in plan.actions:
        run.say(actionwords.describe(action))
    for note in plan.notes:
        run.say(note)


def _act(plan: Plan, pair: Pair, run: Run, undo: Undo) -> None:
    for name in (_destroyed(action) for action in plan.destructive):
        for told in remove.named(run.hypervisor, name, pair=run.pair):
            run.say(told)
    _mend_ports(plan, run, undo)
    made = plan.made
    resumed = tuple(action.guest for action in plan.actions if isinstance(action, Resume))
    changed = tuple(action.guest for action in plan.reconfigurations)
    silent = tuple(action.guest for action in plan.actions if isinstance(action, Start | Thaw))

    def come_up(guest: DesiredGuest) -> None:
        owned = bringup.bring_up(guest, pair, run)
        if guest in made:  # one that was there before may have an older pair file yet
            run.configured(guest.guest, owned)

    try:
        _wake(plan, Thaw, run)  # a frozen keepalived reads no new configuration
        # First what is there: a new guest that spoke otherwise than the owner would be one too.
        # When that is taken back, the new guests are gone already.
        _reconfigure(plan.reconfigurations, run, undo)
        _wake(plan, Start, run)
        if made:
            opening.give_back_later(run.hypervisor, pair, undo)
        for guest in made:
            name = guest.spec.name
            undo.later(name, partial(remove.named, run.hypervisor, name, pair=run.pair))
        bringup.prepare(plan, pair, run, undo)
        each((*made, *resumed), come_up, by=run.by)
        outdated = (_outdated(guest, run) for guest in resumed)
        _reconfigure(tuple(filter(None, outdated)), run, undo)
    except VipprovError as error:
        names = [guest.spec.name for guest in (*made, *resumed, *changed, *silent)]
        error.add_note(guestlogs.save(names, run.hypervisor.machines, run.logs))
        raise


def _wake(plan: Plan, kind: type[Start | Thaw], run: Run) -> None:
    command = livechange.START if kind is Start else livechange.THAW
    for action in plan.actions:
        if isinstance(action, kind):
            livechange.run(run.hypervisor.machines, action.guest.spec.name, command, by=run.by)


def _mend_ports(plan: Plan, run: Run, undo: Undo) -> None:
    port_groups = run.hypervisor.port_groups
    for action in plan.actions:
        if isinstance(action, Refilter):
            refilter.apply(action, port_groups, undo)
        elif isinstance(action, Relearn):
            relearn.apply(action, port_groups, undo)


def _reconfigure(changes: tuple[Reconfigure, ...], run: Run, undo: Undo) -> None:
    machines = run.hypervisor.machines
    reconfigure.apply(changes, machines, undo, by=run.by, election=run.election, say=run.say)


def _outdated(guest: DesiredGuest, run: Run) -> Reconfigure | None:
    """Return what a guest that was off, or half done, still has of an older pair file."""
    paths = render.owned(guest.configuration)
    files = guestfiles.read(run.hypervisor.machines, guest.spec.name, paths, by=run.by)
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
