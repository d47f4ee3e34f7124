"""What a machine says on its console, as it says it; and a way to answer."""

import subprocess
from collections.abc import Callable

from vipprov.guest.deadline import Clock
from vipprov.guest.errors import GuestError, HypervisorError
from vipprov.hv.machine import Power, Said
from vipprov.hv.machines import Machines

EVERY = 0.2


def watch(machines: Machines, name: str, *, write: Callable[[bytes], object], clock: Clock) -> None:
    """Write all that the machine has said, and what it goes on to say until it is off."""
    end = 0
    while True:
        machine = machines.show(name)  # before its last words are read, so that none is missed
        if machine is None:
            return
        said = machines.console(name, after=end)
        end = said.end
        write(said.text)
        if machine.power is Power.OFF:
            return
        clock.sleep(EVERY)


def heard(machines: Machines, name: str, *, after: int = 0) -> Said:
    """Return what the machine has said on its console; nothing where nobody keeps it."""
    try:
        return machines.console(name, after=after)
    except GuestError:
        return Said(text=b"", end=0)


def interact(hypervisor: str, name: str) -> int:
    """Connect this terminal to the console; return the exit code of the program that does it."""
    try:
        return subprocess.run(
            ("virsh", "--quiet", "--connect", hypervisor, "console", "--", name), check=False
        ).returncode
    except FileNotFoundError as error:
        raise HypervisorError(
            "Consoles are opened with virsh, which is not installed.",
            hint="Install the package libvirt-clients; --watch does without it.",
        ) from error
