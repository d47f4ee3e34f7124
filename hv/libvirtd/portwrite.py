"""Bring a port to a state: record, filter, configuration, binding and flags, in this order.

The record is written first and forgotten last, so that a run that is killed between can be
repeated. Called inside `Session.call`.
"""

from collections.abc import Callable
from dataclasses import replace
from typing import assert_never

import libvirt

from vipprov.guest.errors import HypervisorError
from vipprov.hv import portrecord
from vipprov.hv.bridge import Bridges, Flags
from vipprov.hv.libvirtd import interface_change, interface_xml, metadata, nwfilter_xml
from vipprov.hv.libvirtd.nwfilter import Filters
from vipprov.hv.libvirtd.portread import record_key
from vipprov.hv.portchange import Change, Everything, Least
from vipprov.hv.portgroup import Filter, Port, PortState, Record

# What is defined again must hold the secrets too (a VNC password), or it would lose them.
UNABRIDGED = libvirt.VIR_DOMAIN_XML_INACTIVE | libvirt.VIR_DOMAIN_XML_SECURE


class Writer:
    """Changes the ports of domains on one connection."""

    def __init__(self, connection: libvirt.virConnect, bridges: Bridges) -> None:
        self._connection = connection
        self._bridges = bridges
        self._filters = Filters(connection)

    def make(self, domain: libvirt.virDomain, port: Port, change: Change) -> None:
        """Make the change, unless the port is already what it is to become."""
        if not change.is_needed(port):
            return
        metadata.write(domain, record_key(port.mac), portrecord.dump(change.record))
        name = generated(domain, port.mac).name
        match change.rules:
            case Least(vmacs=vmacs):
                self._filters.define(nwfilter_xml.least(name, nic_mac=port.mac, vmacs=vmacs))
            case Everything():
                self._filters.define(nwfilter_xml.everything(name))
            case None:
                pass
            case _:
                assert_never(change.rules)
        self._bring(domain, port, change.record.opened, change.record.opened_in_force)

    def put_back(self, domain: libvirt.virDomain, port: Port, record: Record) -> None:
        """Give the port back as it was, and forget the record."""
        self._bring(domain, port, record.before, portrecord.restored_in_force(port, record))
        self._filters.undefine(generated(domain, port.mac).name)
        metadata.write(domain, record_key(port.mac), None)
        self._define(domain, interface_change.without_empty_metadata)

    def refilter(self, domain: libvirt.virDomain, port: Port, used: Filter | None) -> None:
        """Give the port another filter, in configuration and in force."""
        in_force = None if port.in_force is None else replace(port.in_force, filter=used)
        self._bring(domain, port, replace(port.configured, filter=used), in_force)

    def relearn(self, port: Port, *, is_on: bool) -> None:
        """Let the port learn MACs or not; one of a machine that is off gets it from its start."""
        if port.device is not None and port.in_force is not None:
            self._set_flags(port.device, port, replace(port.in_force, learning=is_on))

    def _bring(
        self,
        domain: libvirt.virDomain,
        port: Port,
        configured: PortState,
        in_force: PortState | None,
    ) -> None:
        self._define(domain, lambda text: interface_change.with_state(text, port.mac, configured))
        if port.device is None or port.in_force is None or in_force is None:
            return
        if in_force.filter != port.in_force.filter:
            self._bind(domain, port, port.device, in_force.filter)
        self._set_flags(port.device, port, in_force)

    def _define(self, domain: libvirt.virDomain, changed: Callable[[str], str]) -> None:
        before = domain.XMLDesc(UNABRIDGED)
        after = changed(before)
        if after != before:
            self._connection.defineXML(after)

    def _bind(
        self, domain: libvirt.virDomain, port: Port, device: str, used: Filter | None
    ) -> None:
        # libvirt takes a binding away at power-off only if the NIC was started with a filter, and
        # one that is left behind keeps the machine from starting.
        if used is not None and not interface_xml.has_filter(domain.XMLDesc(), port.mac):
            raise HypervisorError(
                f"{port.machine} was started without a filter on {port.mac}; libvirt cannot put "
                f"{used.name} in force while it runs.",
                details="The configuration has it: it will be in force from the next start on.",
                hint=f"Power {port.machine} off and on.",
            )
        self._filters.bind(domain, device, mac=port.mac, used=used)

    def _set_flags(self, device: str, port: Port, wanted: PortState) -> None:
        match wanted:
            case PortState(learning=bool(learning), flood=bool(flood), isolated=bool(isolated)):
                # Pinned first and unpinned last: the NIC's own MAC is reachable all the time.
                if wanted.pinned:
                    self._bridges.pin(device, port.mac)
                flags = Flags(learning=learning, flood=flood, isolated=isolated)
                self._bridges.set_flags(device, flags)
                if not wanted.pinned and port.in_force is not None and port.in_force.pinned:
                    self._bridges.unpin(device, port.mac)
            case _:
                return


def generated(domain: libvirt.virDomain, mac: str) -> Filter:
    """Return the filter that we generate for this NIC; two domains may share a MAC."""
    uuid: str = domain.UUIDString()
    return Filter(name=f"vipprov-{uuid[:8]}-{mac.replace(':', '')}")
