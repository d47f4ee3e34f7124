"""The port-group port on libvirt: filters, bindings and bridge-port flags.

A running NIC is given another filter by swapping its binding, since libvirt cannot update the
interface of a running container; the configuration is changed by defining the domain again.
"""

from collections.abc import Iterator
from contextlib import suppress

import libvirt

from vipprov.guest.check import Verdict
from vipprov.guest.errors import HypervisorError, MissingError, SpecError
from vipprov.guest.pair import CustomPolicy
from vipprov.hv import portchange, portrecord
from vipprov.hv.bridge import Bridges
from vipprov.hv.libvirtd import carriage, nwfilter_xml
from vipprov.hv.libvirtd.faults import translated
from vipprov.hv.libvirtd.nwfilter import Filters
from vipprov.hv.libvirtd.portread import Reader
from vipprov.hv.libvirtd.portwrite import Writer, generated
from vipprov.hv.libvirtd.session import Session
from vipprov.hv.portchange import Change
from vipprov.hv.portgroup import Filter, Port, PortGroup, Record


class LibvirtPortGroups:
    """Port groups that are bridges and networks of this host."""

    def __init__(self, session: Session, *, bridges: Bridges | None = None) -> None:
        self._session = session
        self._bridges = bridges or Bridges()
        self._filters = Filters(session.connection)
        self._reader = Reader(session.connection, self._bridges)
        self._writer = Writer(session.connection, self._bridges)

    def show(self, name: str) -> PortGroup | None:
        return self._session.call(f"look at {name}", lambda: self._show(name))

    def ports(self, machine: str) -> tuple[Port, ...]:
        return self._session.call(
            f"look at the ports of {machine}", lambda: self._reader.ports(self._lookup(machine))
        )

    def refuse_hopeless(self, port_group: str) -> None:
        found = self._session.call(f"look at {port_group}", lambda: self._carriage(port_group))
        if found is None:
            raise MissingError(
                f"There is no bridge and no libvirt network {port_group}.",
                hint=_how_to_have(port_group),
            )
        _require_hope(port_group, found.verdict, found.reason)

    def plan(self, machine: str, nic_mac: str, macs: tuple[str, ...]) -> Record:
        def read() -> Record:
            domain, port = self._open(machine, nic_mac)
            return self._to_permit(domain, port, macs).record

        return self._session.call(f"look at the ports of {machine}", read)

    def permit(self, machine: str, nic_mac: str, macs: tuple[str, ...]) -> Port:
        def act() -> Port:
            domain, port = self._open(machine, nic_mac)
            self._writer.make(domain, port, self._to_permit(domain, port, macs))
            return self._port(domain, nic_mac)

        return self._session.call(f"open the port of {machine}", act)

    def apply(self, machine: str, nic_mac: str, policy: CustomPolicy) -> Port:
        def act() -> Port:
            domain, port = self._open(machine, nic_mac)
            self._writer.make(domain, port, self._to_policy(domain, port, policy))
            return self._port(domain, nic_mac)

        return self._session.call(f"set the port of {machine}", act)

    def restore(self, machine: str, nic_mac: str) -> Port:
        def act() -> Port:
            domain, port = self._open(machine, nic_mac)
            if port.record is not None:
                self._writer.put_back(domain, port, port.record)
            return self._port(domain, nic_mac)

        return self._session.call(f"restore the port of {machine}", act)

    def set_filter(self, machine: str, nic_mac: str, name: str | None) -> Port:
        def act() -> Port:
            domain, port = self._open(machine, nic_mac)
            self._writer.refilter(domain, port, None if name is None else Filter(name=name))
            return self._port(domain, nic_mac)

        return self._session.call(f"change the filter of {machine}", act)

    def set_learning(self, machine: str, nic_mac: str, *, is_on: bool) -> Port:
        def act() -> Port:
            domain, port = self._open(machine, nic_mac)
            self._writer.relearn(port, is_on=is_on)
            return self._port(domain, nic_mac)

        return self._session.call(f"set the bridge port of {machine}", act)

    def add_filter(self, name: str, nic_mac: str, vmacs: tuple[str, ...]) -> None:
        text = nwfilter_xml.least(name, nic_mac=nic_mac, vmacs=vmacs)
        self._session.call(f"define the filter {name}", lambda: self._filters.define(text))

    def remove_filter(self, name: str) -> None:
        self._session.call(f"remove the filter {name}", lambda: self._filters.undefine(name))

    def _show(self, name: str) -> PortGroup | None:
        network = self._reader.network(name)
        found = self._carriage(name)
        if found is None:
            return None
        bridge = name if network is None else network.bridge
        ports = tuple(
            port
            for port in self._all_ports()
            if name == port.port_group or (bridge is not None and bridge == port.bridge)
        )
        devices = {port.device for port in ports}
        members = () if bridge is None else self._bridges.members(bridge)
        return PortGroup(
            name=name,
            kind=found.kind,
            bridge=bridge,
            can_carry=found.verdict,
            reason=found.reason,
            ports=tuple(sorted(ports, key=lambda port: (port.machine, port.mac))),
            others=tuple(device for device in members if device not in devices),
        )

    def _all_ports(self) -> Iterator[Port]:
        hooks = self._reader.hooks()
        for domain in self._session.connection.listAllDomains():
            with suppress(MissingError), translated("look at a domain"):  # removed since listed
                yield from self._reader.ports(domain, hooks)

    def _carriage(self, port_group: str) -> carriage.Carriage | None:
        if (network := self._reader.network(port_group)) is not None:
            return carriage.of_network(network)
        if self._bridges.is_bridge(port_group):
            return carriage.of_bridge()
        return carriage.of_link() if self._bridges.is_link(port_group) else None

    def _to_permit(self, domain: libvirt.virDomain, port: Port, macs: tuple[str, ...]) -> Change:
        _require_hope(port.port_group, port.can_carry, port.reason)
        recorded = () if port.record is None else port.record.macs
        asked = frozenset(mac.lower() for mac in (*recorded, *macs))
        return portchange.to_permit(
            port,
            macs,
            judge=lambda used: self._filters.judge(used, nic_mac=port.mac, macs=asked),
            generated=generated(domain, port.mac),
        )

    def _to_policy(self, domain: libvirt.virDomain, port: Port, policy: CustomPolicy) -> Change:
        return portchange.to_policy(
            port,
            policy,
            judge=lambda used: self._filters.judge(used, nic_mac=port.mac),
            generated=generated(domain, port.mac),
        )

    def _open(self, machine: str, nic_mac: str) -> tuple[libvirt.virDomain, Port]:
        """Return a port that may be changed, with its domain; otherwise say why it may not."""
        domain = self._lookup(machine)
        port = self._port(domain, nic_mac)
        if not domain.isPersistent():
            raise HypervisorError(
                f"{machine} is transient: libvirt keeps no configuration that could be changed.",
                hint="`virsh define` its XML first.",
            )
        if port.record is not None:
            portrecord.require_unchanged(port, port.record)
        return domain, port

    def _port(self, domain: libvirt.virDomain, nic_mac: str) -> Port:
        for port in self._reader.ports(domain):
            if port.mac == nic_mac.lower():
                return port
        raise MissingError(f"{domain.name()} has no NIC {nic_mac}.")

    def _lookup(self, machine: str) -> libvirt.virDomain:
        return self._session.connection.lookupByName(machine)


def _require_hope(port_group: str, verdict: Verdict, reason: str) -> None:
    if verdict is Verdict.FAIL:
        raise SpecError(
            f"{port_group} can never carry a virtual MAC: {reason}.",
            hint="Plug the guests into a Linux bridge, or a libvirt network that has one.",
        )


def _how_to_have(port_group: str) -> str:
    """Return what makes such a bridge, or what shows those that are here."""
    lab, _, leaf = port_group.rpartition("-")
    if not leaf.startswith("leaf"):
        return "`ip link show type bridge` and `virsh net-list` show those that are here."
    named = f" --name {lab}" if lab else ""
    return f"`vipprov lab up{named}` makes leafs of this name; with --kind evpn, of a fabric."
