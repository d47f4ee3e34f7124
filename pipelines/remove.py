"""Remove machines of a pair, with all that was made for them."""

from dataclasses import replace

from vipprov.guest.errors import CheckFailedError
from vipprov.hv import portrecord
from vipprov.hv.machine import Power
from vipprov.hv.portgroup import Port, PortGroups
from vipprov.hv.registry import Hypervisor


def named(hypervisor: Hypervisor, name: str, *, pair: str) -> tuple[str, ...]:
    """Remove the pair's machine of this name with all that was made for it; quiet without one.

    The machine goes last: as long as it is there, its mark says what a killed run left to remove,
    and no longer that the machine is whole. A machine of somebody else's is left alone.

    A port that somebody else has changed since we opened it is not put back: it goes with its
    machine as it is. What it was is returned in words, for nobody else remembers it then.
    """
    found = hypervisor.machines.show(name)
    edited: tuple[str, ...] = ()
    if found is not None:
        if found.mark is None or found.mark.pair != pair:
            return ()
        hypervisor.machines.set_mark(name, replace(found.mark, ready=False))
        hypervisor.machines.set_power(name, Power.OFF)
        ports = hypervisor.port_groups.ports(name)
        told = (_restored(hypervisor.port_groups, port) for port in ports)
        edited = tuple(filter(None, told))
    hypervisor.port_groups.remove_filter(filter_name(name))
    hypervisor.machines.remove(name)
    return edited


def _restored(port_groups: PortGroups, port: Port) -> str:
    """Give the port back as it was, or return what somebody else made of it."""
    if port.record is None:
        return ""
    try:
        port_groups.restore(port.machine, port.mac)
    except CheckFailedError as error:
        for name in portrecord.generated(port.record):
            port_groups.remove_filter(name)
        return f"{error}\n{error.details}"
    return ""


def filter_name(machine_name: str) -> str:
    """Return the name of the filter that vipprov makes for the vIP's NIC of a machine."""
    return f"vipprov-{machine_name}"
