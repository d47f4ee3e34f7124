"""Decide what brings a pair from what it is to what its file says. Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import TypeAlias

from vipprov.guest import update
from vipprov.guest.configuration import Configuration
from vipprov.guest.pair import CustomPolicy, Guest, Pair
from vipprov.guest.update import FileChange
from vipprov.hv.machine import Machine, MachineSpec, Power, Sort
from vipprov.pipelines.switchgroup import Change


@dataclass(frozen=True, slots=True, kw_only=True)
class DesiredGuest:
    """One member as the pair file wants it.

    `filter_macs` are the virtual MACs that its generated filter lets out, where it has one;
    `policy` is what its port is brought to, where the pair file names the three settings.
    """

    guest: Guest
    configuration: Configuration
    spec: MachineSpec
    filter_macs: tuple[str, ...]
    policy: CustomPolicy | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Desired:
    """The pair as its file wants it."""

    pair: Pair
    guests: tuple[DesiredGuest, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ObservedGuest:
    """One member as it is. `files` is None where nobody can look: absent, or powered off.

    `passes` holds, by MAC of a NIC, the other MACs that the filter on its port lets out by name.
    `is_silent` says that the guest runs and its keepalived does not. The others are NICs, by MAC:
    `unfiltered` those whose ports run without any filter, `unlearning` those whose bridge ports do
    not learn the virtual MACs and have to, `unhooked` those bound to a filter that filters nothing.
    """

    machine: Machine | None
    files: Mapping[PurePosixPath, str] | None
    passes: Mapping[str, frozenset[str]]
    is_silent: bool = False
    unfiltered: frozenset[str] = frozenset()
    unlearning: frozenset[str] = frozenset()
    unhooked: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class Observed:
    """The pair as it is: members by name, and machines of the pair that its file does not name.

    `closed` are port groups that have to be opened as a whole; `is_apart` says that the hypervisor
    keeps the guests on different hosts, or never will.
    """

    guests: Mapping[str, ObservedGuest]
    surplus: tuple[Machine, ...]
    closed: tuple[Change, ...] = ()
    is_apart: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Make:
    """Make a machine that is not there."""

    guest: DesiredGuest


@dataclass(frozen=True, slots=True, kw_only=True)
class Replace:
    """Remove a machine and make it anew, for these reasons."""

    guest: DesiredGuest
    reasons: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Resume:
    """Go on with a machine that a killed run left half done, or that is powered off."""

    guest: DesiredGuest
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Reconfigure:
    """Bring files in a running guest up to date, and make them count."""

    guest: DesiredGuest
    changes: tuple[FileChange, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Start:
    """Start the keepalived of a running guest that somebody, or something, has stopped."""

    guest: DesiredGuest


@dataclass(frozen=True, slots=True, kw_only=True)
class Refilter:
    """Give the port of a machine another filter. `passes` are the MACs that it lets out now."""

    guest: DesiredGuest
    mac: str
    before: str | None
    after: str | None
    passes: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class Relearn:
    """Let the port of a running machine learn MACs again."""

    guest: DesiredGuest
    mac: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Remove:
    """Remove a machine that the pair's file does not name any more."""

    machine: Machine


@dataclass(frozen=True, slots=True, kw_only=True)
class Open:
    """Open a port group, for all that is plugged into it."""

    change: Change


@dataclass(frozen=True, slots=True, kw_only=True)
class Separate:
    """Let the hypervisor keep the guests on different hosts."""

    names: tuple[str, ...]


Action: TypeAlias = (
    Make | Replace | Resume | Reconfigure | Start | Refilter | Relearn | Remove | Open | Separate
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What has to be done, in order. Empty when the pair is as its file says."""

    actions: tuple[Action, ...]

    @property
    def destructive(self) -> tuple[Replace | Remove, ...]:
        """The actions that destroy a machine: they want to be asked for."""
        return tuple(action for action in self.actions if isinstance(action, Replace | Remove))

    @property
    def reconfigurations(self) -> tuple[Reconfigure, ...]:
        """The changes inside running guests."""
        return tuple(action for action in self.actions if isinstance(action, Reconfigure))

    @property
    def disruptive(self) -> bool:
        """Whether a change touches what all members must share, so that backups stop first."""
        return any(update.disruptive(action.changes) for action in self.reconfigurations)


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
    if observed.is_silent:
        yield Start(guest=desired)


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
