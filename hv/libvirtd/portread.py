"""Read the ports of a domain into values; called inside `Session.call`."""

from dataclasses import replace

import libvirt

from vipprov.guest.errors import MissingError
from vipprov.hv import portplan, portrecord
from vipprov.hv.bridge import Bridges
from vipprov.hv.libvirtd import carriage, interface_xml, metadata, network_xml
from vipprov.hv.libvirtd.faults import translated
from vipprov.hv.libvirtd.interface_xml import Interface
from vipprov.hv.libvirtd.network_xml import Network
from vipprov.hv.libvirtd.nwfilter import Filters
from vipprov.hv.portgroup import Port, PortState, Record


class Reader:
    """Reads ports, each network and filter anew: what is in force may change at any time."""

    def __init__(self, connection: libvirt.virConnect, bridges: Bridges) -> None:
        self._connection = connection
        self._bridges = bridges
        self._filters = Filters(connection)

    def ports(self, domain: libvirt.virDomain) -> tuple[Port, ...]:
        """Return the ports of a domain, those that its configuration knows first."""
        text = domain.XMLDesc(libvirt.VIR_DOMAIN_XML_INACTIVE)
        configured = {nic.mac: nic for nic in interface_xml.interfaces(text)}
        live = (
            {nic.mac: nic for nic in interface_xml.interfaces(domain.XMLDesc())}
            if domain.isActive()
            else {}
        )
        return tuple(
            self._port(domain.name(), nic, live.get(mac), _record(text, mac))
            for mac, nic in {**live, **configured}.items()
        )

    def network(self, name: str) -> Network | None:
        """Return the libvirt network of this name, or None."""
        try:
            with translated(f"look at the network {name}"):
                found = self._connection.networkLookupByName(name)
                return network_xml.network(found.XMLDesc())
        except MissingError:
            return None

    def _port(
        self, machine: str, nic: Interface, live: Interface | None, record: Record | None
    ) -> Port:
        network = self.network(nic.source) if nic.kind == "network" else None
        judged = carriage.of_interface(nic, network)
        configured = _configured(nic, network)
        pinned = frozenset[str]() if live is None else self._pinned(live)
        in_force = None if live is None else self._in_force(live, pinned)
        others = pinned - {nic.mac}
        state = in_force or _once_started(configured)
        filtering = self._filters.judge(state.filter, nic_mac=nic.mac)
        return Port(
            machine=machine,
            mac=nic.mac,
            device=None if live is None else live.target,
            port_group=nic.source,
            kind=judged.kind,
            bridge=_bridge(live or nic, network),
            configured=configured,
            in_force=in_force,
            settings=portplan.settings(state, filtering, can_carry=judged.verdict),
            passes=filtering.passes,
            obstacles=self._obstacles(nic.mac, configured, in_force, record, pinned_macs=others),
            can_carry=judged.verdict,
            reason=judged.reason,
            pinned_macs=others,
            record=record,
        )

    def _pinned(self, live: Interface) -> frozenset[str]:
        """Return what the bridge was told by hand; not asked where the port learns by itself."""
        flags = None if live.target is None else self._bridges.flags(live.target)
        if live.target is None or flags is None or flags.learning:
            return frozenset()
        return self._bridges.pinned(live.target)

    def _in_force(self, live: Interface, pinned: frozenset[str]) -> PortState:
        if live.target is None:
            return live.state
        used = self._filters.bound(live.target, live.mac)
        flags = self._bridges.flags(live.target)
        if flags is None:
            return replace(live.state, filter=used)
        deaf = not (flags.learning or flags.flood)
        return replace(
            live.state,
            filter=used,
            learning=flags.learning,
            flood=flags.flood,
            isolated=flags.isolated,
            pinned=live.mac in pinned if deaf else None,
        )

    def _obstacles(
        self,
        mac: str,
        configured: PortState,
        in_force: PortState | None,
        record: Record | None,
        *,
        pinned_macs: frozenset[str],
    ) -> tuple[str, ...]:
        macs = frozenset() if record is None else frozenset(record.macs)
        now, later = (
            ()
            if state is None
            else portplan.obstacles(
                state,
                self._filters.judge(state.filter, nic_mac=mac, macs=macs),
                macs,
                pinned_macs=told,
            )
            for state, told in ((in_force, pinned_macs), (configured, frozenset[str]()))
        )
        return (*now, *(f"From the next start on: {o}" for o in later if o not in now))


def record_key(mac: str) -> str:
    """Return the key under which the record of a NIC's port is kept on its domain."""
    return f"port-{mac.replace(':', '')}"


def _record(domain_xml: str, mac: str) -> Record | None:
    text = metadata.from_xml(domain_xml, record_key(mac))
    return None if text is None else portrecord.load(text)


def _configured(nic: Interface, network: Network | None) -> PortState:
    if network is None:
        return nic.state
    return replace(nic.state, learning=network.learning, flood=network.flood)


def _once_started(configured: PortState) -> PortState:
    """Return the state with what a new bridge port has where the configuration does not say."""
    return replace(
        configured, learning=configured.learning is not False, flood=configured.flood is not False
    )


def _bridge(nic: Interface, network: Network | None) -> str | None:
    if nic.kind == "bridge":
        return nic.source
    return nic.bridge or (None if network is None else network.bridge)
