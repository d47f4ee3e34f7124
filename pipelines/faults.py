"""Strike a guest with a fault, and bring it back to health. Both may be repeated."""

from typing import assert_never

from vipprov.guest.deadline import Deadline
from vipprov.guest.errors import GuestError
from vipprov.guest.fault import Fault
from vipprov.guest.pair import Guest
from vipprov.hv import partition
from vipprov.hv.machine import Link, Power
from vipprov.hv.registry import Hypervisor
from vipprov.pipelines import livechange, ports
from vipprov.pipelines.livechange import FREEZE, START, STOP, THAW

# What systemd's own stop begins with; it would return only a second later, when all is over.
GOODBYE = ("systemctl", "kill", "--kill-who=main", "--signal=TERM", "keepalived.service")


def strike(fault: Fault, guest: Guest, hypervisor: Hypervisor, *, by: Deadline) -> None:
    """Let the fault befall the guest."""
    machines, name = hypervisor.machines, guest.name
    match fault:
        case Fault.STOP:
            livechange.run(machines, name, GOODBYE, by=by)
        case Fault.HANG:
            livechange.run(machines, name, FREEZE, by=by)
        case Fault.CRASH | Fault.POWER:
            machines.kill(name)
        case Fault.LINK:
            machines.set_link(name, guest.mac, Link.DOWN)
        case Fault.ISOLATE:
            for device in _devices(guest, hypervisor):
                partition.cut_off(device, by=by)
        case _:
            assert_never(fault)


def demand(fault: Fault, guest: Guest, hypervisor: Hypervisor) -> None:
    """Raise GuestError for a fault that cannot be had here, before anything is done."""
    if fault is Fault.ISOLATE:
        _devices(guest, hypervisor)


def heal(fault: Fault, guest: Guest, hypervisor: Hypervisor, *, by: Deadline) -> None:
    """Take the fault back; the guest may need a while until it plays its part again."""
    machines, name = hypervisor.machines, guest.name
    match fault:
        case Fault.STOP:
            livechange.run(machines, name, STOP, by=by)  # waits until it has ended
            livechange.run(machines, name, START, by=by)
        case Fault.HANG:
            livechange.run(machines, name, THAW, by=by)
        case Fault.CRASH | Fault.POWER:
            # The hypervisor may not have noticed yet that the machine is dead.
            machines.set_power(name, Power.OFF)
            machines.set_power(name, Power.ON)
        case Fault.LINK:
            machines.set_link(name, guest.mac, Link.UP)
        case Fault.ISOLATE:
            for device in _devices(guest, hypervisor):
                partition.join(device, by=by)
        case _:
            assert_never(fault)


def _devices(guest: Guest, hypervisor: Hypervisor) -> tuple[str, ...]:
    devices = tuple(
        port.device
        for port in ports.under_vip(guest, hypervisor.port_groups)
        if port.device is not None
    )
    if not devices:
        raise GuestError(
            f"{guest.name} has no port on this machine that could be cut off.",
            hint="Is it running? `vipprov vm list` tells. On vSphere no port is on this machine:"
            " `--fault link` does the like there.",
        )
    return devices
