"""Bring up machines that are made anew: define, start, and wait until each is what it was told."""

from dataclasses import replace
from functools import partial

from vipprov.guest.pair import Pair
from vipprov.guest.undo import Undo
from vipprov.hv.machine import Power
from vipprov.pipelines import actionwords, console, firstboot, opening, ready, remove
from vipprov.pipelines.actions import Open, Plan, Separate
from vipprov.pipelines.run import Run
from vipprov.pipelines.sidebyside import each
from vipprov.pipelines.state import DesiredGuest


def prepare(plan: Plan, pair: Pair, run: Run, undo: Undo) -> None:
    """Do what concerns all guests before the first one starts, once their machines are there."""
    apart = next((action for action in plan.actions if isinstance(action, Separate)), None)
    if run.hypervisor.switches is None and apart is None:
        return
    machines, made = run.hypervisor.machines, plan.made
    each(made, lambda guest: machines.define(guest.spec), by=run.by)
    names = tuple(guest.spec.name for guest in made)
    announced = tuple(
        action.change.group.key for action in plan.actions if isinstance(action, Open)
    )
    for change in opening.open_all(run.hypervisor, pair, undo, made=names):
        if change.group.key not in announced:  # another pair has gone since the plan was made
            run.say(actionwords.describe(Open(change=change)))
    if apart is not None:
        undo.later("keeping them apart", partial(machines.keep_apart, run.pair, ()))
        machines.keep_apart(run.pair, apart.names)


def bring_up(guest: DesiredGuest, pair: Pair, run: Run) -> frozenset[str]:
    """Make a machine or find it half made; once its guest is configured return what it owns."""
    machines, name = run.hypervisor.machines, guest.spec.name
    # The machine comes first: whatever else a killed run leaves is found again by its mark.
    machine = machines.define(guest.spec)
    for nic in guest.spec.nics:
        if nic.filter == remove.filter_name(name):
            run.hypervisor.port_groups.add_filter(nic.filter, nic.mac, guest.filter_macs)
    begun = console.heard(machines, name).end
    if machine.power is not Power.ON:
        _apply_policy(guest, run)  # what a port is configured with counts from its start
        machines.set_power(name, Power.ON)
    _apply_policy(guest, run)
    run.say(f"{name} boots")
    firstboot.wait(machines, name, by=run.by, say=run.say, since=begun)
    owned = ready.demand_able(machines, pair, guest.guest, by=run.by)
    # One that was there before still has the files of the pair file that its mark holds.
    mark = machine.mark or guest.spec.mark
    machines.set_mark(name, replace(mark, ready=True, pending=False))
    run.say(f"{name} is configured")
    return owned


def _apply_policy(guest: DesiredGuest, run: Run) -> None:
    if guest.policy is not None:
        run.hypervisor.port_groups.apply(guest.spec.name, guest.guest.mac, guest.policy)
