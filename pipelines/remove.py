"""Remove machines of a pair, with all that was made for them."""

from dataclasses import replace

from vipprov.hv.machine import Power
from vipprov.hv.registry import Hypervisor


def named(hypervisor: Hypervisor, name: str, *, pair: str) -> None:
    """Remove the pair's machine of this name with all that was made for it; quiet without one.

    The machine goes last: as long as it is there, its mark says what a killed run left to remove,
    and no longer that the machine is whole. A machine of somebody else's is left alone.
    """
    found = hypervisor.machines.show(name)
    if found is not None:
        if found.mark is None or found.mark.pair != pair:
            return
        hypervisor.machines.set_mark(name, replace(found.mark, ready=False))
        hypervisor.machines.set_power(name, Power.OFF)
        for port in hypervisor.port_groups.ports(name):
            if port.record is not None:
                hypervisor.port_groups.restore(name, port.mac)
    hypervisor.port_groups.remove_filter(filter_name(name))
    hypervisor.machines.remove(name)


def filter_name(machine_name: str) -> str:
    """Return the name of the filter that vipprov makes for the vIP's NIC of a machine."""
    return f"vipprov-{machine_name}"
