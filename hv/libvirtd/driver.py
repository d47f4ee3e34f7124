"""What machines of one libvirt driver have of their own, apart from what libvirt does for all."""

import socket
from collections.abc import Sequence
from pathlib import Path
from typing import Protocol

import libvirt

from vipprov.guest.deadline import Deadline
from vipprov.hv.machine import Completed, Link, MachineSpec, Said


class Driver(Protocol):
    """Describes, furnishes, enters and unplugs the machines of one libvirt driver.

    What takes a domain is called inside `Session.call`.
    """

    undefine_flags: int

    def notice(self) -> str:
        """Return what to expect of new machines."""
        ...

    def xml(self, spec: MachineSpec, *, mark: str) -> str:
        """Return the XML of the machine."""
        ...

    def make_files(self, spec: MachineSpec) -> None:
        """Write the machine's private files anew, whatever a killed run left of them."""
        ...

    def mend_files(self, spec: MachineSpec) -> None:
        """Write anew what a machine that is off may have lost of its files.

        HypervisorError where what it has lost is its own, and nobody else's to give.
        """
        ...

    def remove_files(self, name: str) -> None:
        """Remove what the machine, which is off, has on this host; quiet where there is nothing."""
        ...

    def kill(self, name: str) -> None:
        """Let a running machine die without a word."""
        ...

    def reset(self, domain: libvirt.virDomain) -> None:
        """Begin the boot of a running machine anew."""
        ...

    def set_link(self, domain: libvirt.virDomain, mac: str, link: Link) -> None:
        """Plug or pull the cable of a running machine's NIC."""
        ...

    def run(self, name: str, argv: Sequence[str], *, by: Deadline, stdin: bytes = b"") -> Completed:
        """Run a command in the guest."""
        ...

    def read(self, name: str, path: str, *, by: Deadline) -> bytes | None:
        """Return what a file in the guest holds, or None where there is none."""
        ...

    def open_port(self, name: str, port: int, *, by: Deadline) -> socket.socket:
        """Return a socket connected to a TCP port of the guest."""
        ...

    def console(self, name: str, *, after: int) -> Said:
        """Return what the machine has written to its console after so many bytes."""
        ...

    def save_logs(self, name: str, folder: Path) -> None:
        """Copy the machine's logs into a folder that is there."""
        ...
