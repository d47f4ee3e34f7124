"""Remove machines of a pair, with all that was made for them."""

from vipprov.hv.machine import Power
from vipprov.hv.registry import Hypervisor


def named(hypervisor: Hypervisor, name: str) -> None:
    """Remove the machine of this name with all that was made for it; quiet where it is not there.

    The machine goes last: as long as it is there, its mark says what a killed run left to remove.
    """
    if hypervisor.machines.show(name) is not None:
        hypervisor.machines.set_power(name, Power.OFF)
        for port in hypervisor.port_groups.ports(name):
            if port.record is not None:
                hypervisor.port_groups.restore(name, port.mac)
    hypervisor.port_groups.remove_filter(filter_name(name))
    hypervisor.machines.remove(name)


def filter_name(machine_name: str) -> str:
    """Return the name of the filter that vipprov makes for the vIP's NIC of a machine."""
    return f"vipprov-{machine_name}"
