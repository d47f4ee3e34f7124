"""Port groups in memory, held to the same contract as the real ones."""

from collections.abc import Iterable
from dataclasses import dataclass, replace

from vipprov.guest.check import Verdict
from vipprov.guest.errors import MissingError, SpecError
from vipprov.guest.pair import CustomPolicy, Setting
from vipprov.hv import portchange, portplan, portrecord
from vipprov.hv.portchange import Change, Least
from vipprov.hv.portgroup import (
    Filter,
    Filtering,
    Kind,
    Port,
    PortGroup,
    PortState,
    Protocol,
    Record,
)

STARTED = PortState(learning=True, flood=True, isolated=False)
CLEAN_TRAFFIC = Filtering(forged=Setting.REJECT, drops=frozenset(Protocol))


@dataclass(frozen=True, slots=True, kw_only=True)
class FakeNic:
    """A NIC of a machine that runs while `in_force` is not None."""

    machine: str
    mac: str
    port_group: str
    configured: PortState
    in_force: PortState | None
    record: Record | None = None
    pinned_macs: frozenset[str] = frozenset()
    is_unhooked: bool = False


class FakePortGroups:
    """Ports in a dict, planned by the same pure functions as the real ones."""

    def __init__(self, nics: Iterable[FakeNic] = (), *, bridges: Iterable[str] = ()) -> None:
        self.nics = {(nic.machine, nic.mac): nic for nic in nics}
        self.bridges = set(bridges)
        self.hopeless: dict[str, str] = {}
        self.filters = {"clean-traffic": CLEAN_TRAFFIC}

    def show(self, name: str) -> PortGroup | None:
        if name not in self.bridges | set(self.hopeless):
            return None
        reason = self.hopeless.get(name, "")
        return PortGroup(
            name=name,
            kind=Kind.DIRECT if reason else Kind.BRIDGE,
            bridge=None if reason else name,
            can_carry=Verdict.FAIL if reason else Verdict.PASS,
            reason=reason,
            ports=tuple(self._port(n) for n in self.nics.values() if n.port_group == name),
        )

    def ports(self, machine: str) -> tuple[Port, ...]:
        found = tuple(self._port(nic) for nic in self.nics.values() if nic.machine == machine)
        if not found:
            raise MissingError(f"There is no machine {machine}.")
        return found

    def refuse_hopeless(self, port_group: str) -> None:
        if (found := self.show(port_group)) is None:
            raise MissingError(f"There is no port group {port_group}.")
        if found.can_carry is Verdict.FAIL:
            raise SpecError(f"{port_group} can never carry a virtual MAC: {found.reason}.")

    def plan(self, machine: str, nic_mac: str, macs: tuple[str, ...]) -> Record:
        return self._to_permit(self._open(machine, nic_mac), macs).record

    def permit(self, machine: str, nic_mac: str, macs: tuple[str, ...]) -> Port:
        port = self._open(machine, nic_mac)
        return self._make(port, self._to_permit(port, macs))

    def apply(self, machine: str, nic_mac: str, policy: CustomPolicy) -> Port:
        port = self._open(machine, nic_mac)
        change = portchange.to_policy(port, policy, judge=self._judge, generated=_generated(port))
        return self._make(port, change)

    def restore(self, machine: str, nic_mac: str) -> Port:
        port = self._open(machine, nic_mac)
        if port.record is None:
            return port
        self.filters.pop(_generated(port).name, None)
        return self._keep(
            port,
            configured=port.record.before,
            in_force=portrecord.restored_in_force(port, port.record),
            record=None,
        )

    def set_filter(self, machine: str, nic_mac: str, name: str | None) -> Port:
        port = self._open(machine, nic_mac)
        used = None if name is None else Filter(name=name)
        return self._keep(
            port,
            configured=replace(port.configured, filter=used),
            in_force=port.in_force and replace(port.in_force, filter=used),
            record=port.record,
        )

    def set_learning(self, machine: str, nic_mac: str, *, is_on: bool) -> Port:
        port = self._open(machine, nic_mac)
        return self._keep(
            port,
            configured=port.configured,
            in_force=port.in_force and replace(port.in_force, learning=is_on),
            record=port.record,
        )

    def add_filter(self, name: str, nic_mac: str, vmacs: tuple[str, ...]) -> None:
        passes = frozenset(vmacs) - {nic_mac}
        self.filters[name] = Filtering(forged=Setting.REJECT, passes=passes)

    def remove_filter(self, name: str) -> None:
        self.filters.pop(name, None)

    def _open(self, machine: str, nic_mac: str) -> Port:
        if (machine, nic_mac) not in self.nics:
            raise MissingError(f"{machine} has no NIC {nic_mac}.")
        port = self._port(self.nics[machine, nic_mac])
        if port.record is not None:
            portrecord.require_unchanged(port, port.record)
        return port

    def _to_permit(self, port: Port, macs: tuple[str, ...]) -> Change:
        return portchange.to_permit(port, macs, judge=self._judge, generated=_generated(port))

    def _make(self, port: Port, change: Change) -> Port:
        if not change.is_needed(port):
            return port
        name = _generated(port).name
        match change.rules:
            case Least(vmacs=vmacs):
                self.add_filter(name, port.mac, vmacs)
            case None:
                pass
            case _:
                self.filters[name] = Filtering()
        record = change.record
        return self._keep(
            port, configured=record.opened, in_force=record.opened_in_force, record=record
        )

    def _keep(
        self,
        port: Port,
        *,
        configured: PortState,
        in_force: PortState | None,
        record: Record | None,
    ) -> Port:
        key = (port.machine, port.mac)
        used = None if in_force is None else in_force.filter
        before = None if port.in_force is None else port.in_force.filter
        if used == before and in_force is not None and self.nics[key].is_unhooked:
            in_force = replace(in_force, filter=_bound(self.nics[key]))
        self.nics[key] = replace(
            self.nics[key],
            configured=configured,
            in_force=in_force,
            record=record,
            is_unhooked=self.nics[key].is_unhooked and used == before,
        )
        return self._port(self.nics[key])

    def _judge(self, used: Filter | None) -> Filtering:
        return Filtering() if used is None else self.filters.get(used.name, Filtering(forged=None))

    def _port(self, nic: FakeNic) -> Port:
        unhooked = _bound(nic) if nic.is_unhooked else None
        in_force = nic.in_force
        if unhooked is not None and in_force is not None:
            in_force = replace(in_force, filter=None)
        state = in_force or nic.configured
        macs = frozenset() if nic.record is None else frozenset(nic.record.macs)
        filtering = self._judge(state.filter)
        # What the bridge was told is of no interest to a port that learns, as on the real one.
        pinned = nic.pinned_macs if state.learning is False else frozenset[str]()
        return Port(
            machine=nic.machine,
            mac=nic.mac,
            device="fake0" if nic.in_force is not None else None,
            port_group=nic.port_group,
            kind=Kind.BRIDGE,
            bridge=nic.port_group,
            configured=nic.configured,
            in_force=in_force,
            settings=portplan.settings(state, filtering, can_carry=Verdict.PASS),
            passes=self._judge(unhooked or state.filter).passes,
            obstacles=portplan.obstacles(state, filtering, macs, pinned_macs=pinned),
            can_carry=Verdict.PASS,
            pinned_macs=pinned,
            unhooked=None if unhooked is None else unhooked.name,
            record=nic.record,
        )


def _bound(nic: FakeNic) -> Filter | None:
    return None if nic.in_force is None else nic.in_force.filter


def _generated(port: Port) -> Filter:
    return Filter(name=f"vipprov-{port.machine}-{port.mac.replace(':', '')}")
