"""The port-group port on vSphere: what a NIC's port does follows from its port group.

A port has no policy of its own here, so nothing is opened through this port; the port group is, for
every machine on it (`vipprov.hv.switchgroup`). What is seen of a machine's port is the same.
"""

from pathlib import Path
from typing import NoReturn

from vipprov.guest.check import Verdict
from vipprov.guest.errors import MissingError, SpecError
from vipprov.guest.pair import CustomPolicy, Setting
from vipprov.hv.machine import Machine
from vipprov.hv.machines import Machines
from vipprov.hv.portgroup import Kind, Port, PortGroup, PortSettings, PortState, Record
from vipprov.hv.switchgroup import Effective
from vipprov.hv.vsphere import networks, policyof
from vipprov.hv.vsphere.session import Session

_NET = Path("/sys/class/net")
_FROM_HERE = (
    "Run it on a Linux machine with a NIC in that port group's VLAN, and with a bridge over that"
    " NIC that has the port group's name: it is taken for the port group."
)


class VspherePorts:
    """The ports of the machines of one session."""

    def __init__(self, session: Session, machines: Machines) -> None:
        self._session = session
        self._machines = machines

    def show(self, name: str) -> PortGroup | None:
        try:
            networks.backing(self._session, name)
        except MissingError:
            return None
        return PortGroup(
            name=name,
            kind=Kind.NETWORK,
            bridge=_bridge(name),
            can_carry=Verdict.PASS,
            reason=_FROM_HERE,
        )

    def ports(self, machine: str) -> tuple[Port, ...]:
        found = self._machines.show(machine)
        if found is None:
            raise MissingError(f"There is no machine called {machine}.")
        effects = policyof.machine(self._session, machine)
        return tuple(
            _port(found, number, effects.get(nic.mac, Effective()))
            for number, nic in enumerate(found.nics)
        )

    def refuse_hopeless(self, port_group: str) -> None:
        networks.backing(self._session, port_group)

    def plan(self, machine: str, nic_mac: str, macs: tuple[str, ...]) -> Record:
        _refuse(machine, nic_mac, macs)

    def permit(self, machine: str, nic_mac: str, macs: tuple[str, ...]) -> Port:
        _refuse(machine, nic_mac, macs)

    def apply(self, machine: str, nic_mac: str, policy: CustomPolicy) -> Port:
        _refuse(machine, nic_mac, policy)

    def restore(self, machine: str, nic_mac: str) -> Port:
        return next(port for port in self.ports(machine) if port.mac == nic_mac)

    def set_filter(self, machine: str, nic_mac: str, name: str | None) -> Port:
        _refuse(machine, nic_mac, name)

    def set_learning(self, machine: str, nic_mac: str, *, is_on: bool) -> Port:
        _refuse(machine, nic_mac, is_on)

    def add_filter(self, name: str, nic_mac: str, vmacs: tuple[str, ...]) -> None:
        _refuse(name, nic_mac, vmacs)

    def remove_filter(self, name: str) -> None:
        """There are no filters."""


def _port(machine: Machine, number: int, effect: Effective) -> Port:
    nic = machine.nics[number]
    return Port(
        machine=machine.name,
        mac=nic.mac,
        device=None,
        port_group=nic.port_group,
        kind=Kind.NETWORK,
        bridge=_bridge(nic.port_group),
        configured=PortState(learning=True if effect.learning else None),
        in_force=None,
        settings=PortSettings(
            promiscuous=effect.promiscuous,
            mac_changes=effect.mac_changes,
            forged_transmits=effect.forged_transmits,
        ),
        passes=frozenset(),
        obstacles=obstacles(nic.port_group, effect),
        can_carry=Verdict.PASS,
    )


def obstacles(name: str, effect: Effective) -> tuple[str, ...]:
    """Return what of a port group's policy keeps a virtual MAC from working."""
    found = []
    if effect.forged_transmits is not Setting.ACCEPT:
        found.append(f"{name} rejects forged transmits, so no frame of the virtual MAC gets out.")
    if effect.promiscuous is not Setting.ACCEPT and not effect.learning:
        found.append(
            f"{name} has neither MAC learning nor promiscuous mode, so no frame to the virtual MAC"
            " gets in."
        )
    return tuple(found)


def _bridge(name: str) -> str | None:
    """Return the bridge of this machine that stands for a port group, by its name."""
    is_name = "/" not in name and name not in {"", ".", ".."}
    return name if is_name and (_NET / name / "bridge").is_dir() else None


def _refuse(*_about: object) -> NoReturn:
    raise SpecError(
        "On vSphere a policy belongs to a port group, and not to a port.",
        hint="`vipprov portgroup permit NAME` opens the port group.",
    )
