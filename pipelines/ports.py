"""The ports of a pair's guests, as the hypervisor shows them."""

from typing import Protocol

from vipprov.guest.errors import MissingError
from vipprov.guest.pair import Guest
from vipprov.hv.portgroup import Port, PortGroup


class ShowsPorts(Protocol):
    """Shows port groups and the ports of machines."""

    def show(self, name: str) -> PortGroup | None: ...

    def ports(self, machine: str) -> tuple[Port, ...]: ...


def under_vip(guest: Guest, port_groups: ShowsPorts) -> tuple[Port, ...]:
    """Return the port of the NIC under the vIP; none where the guest is gone."""
    try:
        every = port_groups.ports(guest.name)
    except MissingError:
        return ()
    return tuple(port for port in every if port.mac == guest.mac)
