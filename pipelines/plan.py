"""Decide what brings a pair from what it is to what its file says. Pure."""

from collections.abc import Iterable
from typing import assert_never

from vipprov.guest import update
from vipprov.guest.facts import Daemon
from vipprov.hv.machine import Machine, Power, Sort
from vipprov.pipelines.actions import (
    Action,
    Make,
    Open,
    Plan,
    Reconfigure,
    Refilter,
    Relearn,
    Remove,
    Replace,
    Resume,
    Separate,
    Start,
    Thaw,
)
from vipprov.pipelines.state import Desired, DesiredGuest, Observed, ObservedGuest


def plan(desired: Desired, observed: Observed) -> Plan:
    """Return what brings the observed pair to the desired one, removals first."""
    removals = tuple(Remove(machine=machine) for machine in observed.surplus)
    changes = (
        action
        for guest in desired.guests
        for action in _for_guest(guest, observed.guests[guest.guest.name])
    )
    opened = (Open(change=change) for change in observed.closed)
    names = tuple(guest.spec.name for guest in desired.guests)
    apart = () if observed.is_apart else (Separate(names=names),)
    return Plan(actions=(*removals, *changes, *opened, *apart))


def _for_guest(desired: DesiredGuest, observed: ObservedGuest) -> Iterable[Action]:
    machine = observed.machine
    if machine is None:
        yield Make(guest=desired)
        return
    if reasons := _reasons(desired, machine, observed.unfiltered):
        yield Replace(guest=desired, reasons=reasons)
        return
    yield from _refilters(desired, machine, observed)
    yield from _relearns(desired, observed)
    if machine.power is not Power.ON:
        yield Resume(guest=desired, why=f"it is {machine.power.value}")
    elif machine.mark is not None and not machine.mark.ready:
        yield Resume(guest=desired, why="an earlier run did not finish it")
    if observed.files is not None:
        # A run that was cut short may have written files that nothing has read yet.
        pending = machine.mark is not None and machine.mark.pending
        changes = update.changes({} if pending else observed.files, desired.configuration)
        if changes:
            yield Reconfigure(guest=desired, changes=changes)
    yield from _wakings(desired, observed.daemon)


def _reasons(
    desired: DesiredGuest, machine: Machine, unfiltered: frozenset[str]
) -> tuple[str, ...]:
    if machine.mark is None:
        return ()
    before = dict(machine.mark.ingredients)
    after = dict(desired.spec.mark.ingredients)
    changed = tuple(key for key in {**before, **after} if before.get(key) != after.get(key))
    reasons = changed if machine.mark.identity != desired.spec.mark.identity else ()
    first = _needs_a_first_filter(desired, machine, unfiltered)
    return (*reasons, *(("filter",) if first else ()))


def _needs_a_first_filter(
    desired: DesiredGuest, machine: Machine, unfiltered: frozenset[str]
) -> bool:
    """Say whether a container runs without a filter that it is to have.

    libvirt gives a container's NIC its first filter at the start, and takes none in later.
    """
    if machine.sort is not Sort.CONTAINER or machine.power is Power.OFF:
        return False
    open_by_configuration = {nic.mac for nic in machine.nics if nic.filter is None}
    wanted = {nic.mac for nic in desired.spec.nics if nic.filter is not None}
    return bool(wanted & open_by_configuration & unfiltered)


def _wakings(desired: DesiredGuest, daemon: Daemon) -> Iterable[Start | Thaw]:
    match daemon:
        case Daemon.ABSENT:
            yield Start(guest=desired)
        case Daemon.FROZEN:
            yield Thaw(guest=desired)
        case Daemon.RUNNING:
            pass
        case _:
            assert_never(daemon)


def _refilters(
    desired: DesiredGuest, machine: Machine, observed: ObservedGuest
) -> Iterable[Refilter]:
    now = {nic.mac: nic.filter for nic in machine.nics}
    for nic in desired.spec.nics:
        if nic.mac not in now:
            continue
        passing = observed.passes.get(nic.mac, frozenset())
        lets_out = passing >= set(desired.filter_macs) and nic.mac not in observed.unhooked
        if now[nic.mac] != nic.filter or (nic.filter is not None and not lets_out):
            yield Refilter(
                guest=desired,
                mac=nic.mac,
                before=now[nic.mac],
                after=nic.filter,
                passes=passing,
            )


def _relearns(desired: DesiredGuest, observed: ObservedGuest) -> Iterable[Relearn]:
    for nic in desired.spec.nics:
        if nic.mac in observed.unlearning:
            yield Relearn(guest=desired, mac=nic.mac)
