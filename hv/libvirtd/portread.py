"""Read the ports of a domain into values; called inside `Session.call`."""

from dataclasses import dataclass, replace

import libvirt

from vipprov.guest.errors import MissingError
from vipprov.hv import portplan, portrecord
from vipprov.hv.bridge import Bridges
from vipprov.hv.libvirtd import carriage, interface_xml, metadata, network_xml
from vipprov.hv.libvirtd.ebtables import Hooks
from vipprov.hv.libvirtd.faults import translated
from vipprov.hv.libvirtd.interface_xml import Interface
from vipprov.hv.libvirtd.network_xml import Network
from vipprov.hv.libvirtd.nwfilter import Filters
from vipprov.hv.portgroup import Filter, Port, PortState, Record


@dataclass(frozen=True, slots=True, kw_only=True)
class _Live:
    """A running NIC: what is in force on its port, what the bridge was told, what is unhooked."""

    nic: Interface
    state: PortState
    pinned: frozenset[str] = frozenset()
    unhooked: Filter | None = None


class Reader:
    """Reads ports, each network and filter anew: what is in force may change at any time."""

    def __init__(self, connection: libvirt.virConnect, bridges: Bridges) -> None:
        self._connection = connection
        self._bridges = bridges
        self._filters = Filters(connection)

    def hooks(self) -> Hooks:
        """Return the chains that are hooked, to be read once for any number of domains."""
        return Hooks(self._connection.getLibVersion())

    def ports(self, domain: libvirt.virDomain, hooks: Hooks | None = None) -> tuple[Port, ...]:
        """Return the ports of a domain, those that its configuration knows first."""
        seen = hooks or self.hooks()
        text = domain.XMLDesc(libvirt.VIR_DOMAIN_XML_INACTIVE)
        configured = {nic.mac: nic for nic in interface_xml.interfaces(text)}
        live = (
            {nic.mac: nic for nic in interface_xml.interfaces(domain.XMLDesc())}
            if domain.isActive()
            else {}
        )
        return tuple(
            self._port(domain.name(), nic, self._live(live.get(mac), seen), _record(text, mac))
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
        self, machine: str, nic: Interface, live: _Live | None, record: Record | None
    ) -> Port:
        network = self.network(nic.source) if nic.kind == "network" else None
        judged = carriage.of_interface(nic, network)
        configured = _configured(nic, network)
        in_force = None if live is None else live.state
        pinned_macs = frozenset[str]() if live is None else live.pinned - {nic.mac}
        unhooked = None if live is None else live.unhooked
        state = in_force or _once_started(configured)
        filtering = self._filters.judge(state.filter, nic_mac=nic.mac)
        named = filtering if unhooked is None else self._filters.judge(unhooked, nic_mac=nic.mac)
        return Port(
            machine=machine,
            mac=nic.mac,
            device=None if live is None else live.nic.target,
            port_group=nic.source,
            kind=judged.kind,
            bridge=_bridge(nic if live is None else live.nic, network),
            configured=configured,
            in_force=in_force,
            settings=portplan.settings(state, filtering, can_carry=judged.verdict),
            passes=named.passes,
            obstacles=self._obstacles(
                nic.mac, configured, in_force, record, pinned_macs=pinned_macs
            ),
            can_carry=judged.verdict,
            reason=judged.reason,
            pinned_macs=pinned_macs,
            unhooked=None if unhooked is None else unhooked.name,
            record=record,
        )

    def _live(self, nic: Interface | None, hooks: Hooks) -> _Live | None:
        if nic is None:
            return None
        if nic.target is None:
            return _Live(nic=nic, state=nic.state)
        used = self._filters.bound(nic.target, nic.mac)
        flags = self._bridges.flags(nic.target)
        if flags is None:
            return _Live(nic=nic, state=replace(nic.state, filter=used))
        unhooked = self._unhooked(used, nic.target, nic.mac, hooks)
        # Nobody need be asked what a port was told that learns by itself.
        pinned = frozenset[str]() if flags.learning else self._bridges.pinned(nic.target)
        state = replace(
            nic.state,
            filter=None if unhooked else used,
            learning=flags.learning,
            flood=flags.flood,
            isolated=flags.isolated,
            pinned=None if flags.learning or flags.flood else nic.mac in pinned,
        )
        return _Live(nic=nic, state=state, pinned=pinned, unhooked=unhooked)

    def _unhooked(self, used: Filter | None, device: str, mac: str, hooks: Hooks) -> Filter | None:
        """Return the filter that is bound and not hooked, if there is certainly one."""
        if used is None or not hooks.lack(device) or not self._filters.need_ebtables(used):
            return None
        # Somebody may have started the machine, or changed its filter, since the hooks were read.
        is_still_bound = self._filters.bound(device, mac) == used
        return used if is_still_bound and hooks.read_again().lack(device) else None

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
