"""Plan one change of a port: both sides of it, the filter it needs, and the record. Pure."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace

from vipprov.guest.pair import CustomPolicy, Setting
from vipprov.hv import portplan, portrecord
from vipprov.hv.portgroup import Filter, Filtering, Port, PortState, Record

Judge = Callable[[Filter | None], Filtering]


@dataclass(frozen=True, slots=True, kw_only=True)
class Least:
    """A filter that lets out the NIC's MAC and these, and nothing else."""

    vmacs: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Everything:
    """A filter that drops nothing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """What is about to be done to a port; `rules` is None where no filter must be written."""

    record: Record
    rules: Least | Everything | None

    def is_needed(self, port: Port) -> bool:
        """Say whether the port is not yet what it is to become."""
        sides = (self.record.opened, self.record.opened_in_force)
        return self.rules is not None or sides != (port.configured, port.in_force)


def to_permit(port: Port, macs: Iterable[str], *, judge: Judge, generated: Filter) -> Change:
    """Return the least change that lets these MACs work, and those permitted before."""
    wanted = frozenset(mac.lower() for mac in (*_recorded(port), *macs))

    def opened(state: PortState) -> PortState:
        return portplan.least(
            state,
            judge(state.filter),
            wanted,
            generated=generated,
            pinned_macs=port.pinned_macs,
        )

    blocked = any(portplan.is_blocked(s, judge(s.filter), wanted) for s in _sides(port))
    return Change(
        record=_record(port, opened, wanted),
        rules=Least(vmacs=tuple(sorted(wanted))) if blocked else None,
    )


def to_policy(port: Port, policy: CustomPolicy, *, judge: Judge, generated: Filter) -> Change:
    """Return the change after which the three settings come out as the policy says."""

    def opened(state: PortState) -> PortState:
        return portplan.by_policy(state, judge(state.filter), policy, generated=generated)

    wanted = portplan.transmits(policy)
    differs = wanted is not None and any(
        judge(side.filter).forged is not wanted for side in _sides(port)
    )
    macs = _recorded(port)
    rules = Everything() if wanted is Setting.ACCEPT else Least(vmacs=macs)
    return Change(record=_record(port, opened, macs), rules=rules if differs else None)


def _recorded(port: Port) -> tuple[str, ...]:
    return () if port.record is None else port.record.macs


def _sides(port: Port) -> tuple[PortState, ...]:
    in_force = portrecord.resumed(port)
    return (port.configured,) if in_force is None else (port.configured, in_force)


def _record(port: Port, opened: Callable[[PortState], PortState], macs: Iterable[str]) -> Record:
    in_force = portrecord.resumed(port)
    return portrecord.begun(
        port,
        opened=_as_configured(port.configured, opened(port.configured)),
        opened_in_force=None if in_force is None else _as_in_force(in_force, opened(in_force)),
        macs=macs,
    )


def _as_configured(before: PortState, changed: PortState) -> PortState:
    """Leave out what the configuration of a machine has no word for."""
    return replace(changed, learning=before.learning, flood=before.flood, pinned=before.pinned)


def _as_in_force(before: PortState, changed: PortState) -> PortState:
    """Leave out what cannot be put in force on a running machine.

    libvirt takes a NIC's binding away at power-off only if the NIC was started with a filter. One
    that is left behind keeps the machine from starting, so a first filter waits for the next start.
    """
    if before.learning is None:
        changed = replace(changed, learning=None, flood=None, pinned=None)
    return replace(changed, filter=None) if before.filter is None else changed
