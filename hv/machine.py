"""The machine port: what the pipelines ask of any hypervisor about machines.

Promises of every adapter: each verb may be repeated; a machine is read once, into a value; no type
of an SDK is seen here; every call ends by its deadline or with an error of `vipprov.guest.errors`.
"""

import socket
from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum
from pathlib import Path
from typing import Protocol

from vipprov.cloudinit.seed import Seed
from vipprov.guest.deadline import Deadline
from vipprov.guest.pair import Size
from vipprov.hv.mark import Mark


class Power(Enum):
    """The power state of a machine."""

    OFF = "off"
    ON = "on"
    PAUSED = "paused"


@dataclass(frozen=True, slots=True, kw_only=True)
class Nic:
    """A network interface: its MAC, where it is plugged, and the filter that its port has.

    `is_network` says that the port group is a network of the hypervisor's, not a bare bridge.
    """

    mac: str
    port_group: str
    guest_name: str
    filter: str | None = None
    is_network: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class MachineSpec:
    """A machine to be made."""

    name: str
    image: Path
    size: Size
    nics: tuple[Nic, ...]
    seed: Seed
    mark: Mark


@dataclass(frozen=True, slots=True, kw_only=True)
class Machine:
    """A machine as the hypervisor reports it. `mark` is None for machines of other tools."""

    name: str
    uuid: str
    power: Power
    nics: tuple[Nic, ...]
    mark: Mark | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Completed:
    """How a command in a guest ended."""

    code: int
    stdout: bytes
    stderr: bytes

    @property
    def text(self) -> str:
        """Standard output as text."""
        return self.stdout.decode(errors="replace")


class Runs(Protocol):
    """Runs commands in machines."""

    def run(self, name: str, argv: Sequence[str], *, by: Deadline, stdin: bytes = b"") -> Completed:
        """Run a command in the guest as root; GuestError when the guest cannot be entered."""
        ...


class Machines(Runs, Protocol):
    """Makes, shows, powers and removes machines, and runs commands in them."""

    def show(self, name: str) -> Machine | None:
        """Return the machine of this name, or None."""
        ...

    def list(self) -> tuple[Machine, ...]:
        """Return all machines, ours and others', by name."""
        ...

    def define(self, spec: MachineSpec) -> Machine:
        """Make the machine, powered off; one of the same pair that is there is left as it is.

        HeldError for a machine of another pair, or of another tool.
        """
        ...

    def set_power(self, name: str, power: Power) -> Machine:
        """Bring the machine into this state. OFF is hard: as if the cord were pulled."""
        ...

    def set_mark(self, name: str, mark: Mark | None) -> None:
        """Replace what we remember on the machine; None forgets it."""
        ...

    def open_port(self, name: str, port: int, *, by: Deadline) -> socket.socket:
        """Return a socket connected to a TCP port that the guest listens on."""
        ...

    def save_logs(self, name: str, folder: Path) -> None:
        """Copy what the machine has logged into the folder, also of one that is off."""
        ...

    def remove(self, name: str) -> None:
        """Power off and remove the machine with all that `define` made for it."""
        ...
