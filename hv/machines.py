"""The machine port: what the pipelines ask of any hypervisor about machines.

Promises of every adapter: each verb may be repeated; a machine is read once, into a value; no type
of an SDK is seen here; every call ends by its deadline or with an error of `vipprov.guest.errors`.
"""

import socket
from collections.abc import Collection, Sequence
from pathlib import Path
from typing import Protocol

from vipprov.guest.deadline import Deadline
from vipprov.hv.machine import Completed, Link, Machine, MachineSpec, Power, Said
from vipprov.hv.mark import Mark, Moves


class Runs(Protocol):
    """Runs commands in machines."""

    def run(self, name: str, argv: Sequence[str], *, by: Deadline, stdin: bytes = b"") -> Completed:
        """Run a command in the guest as root; GuestError when the guest cannot be entered."""
        ...


class Guests(Runs, Protocol):
    """Runs commands in machines, and reads files there."""

    def read(self, name: str, path: str, *, by: Deadline) -> bytes | None:
        """Return what a file in the guest holds, or None where there is none; GuestError as `run`.

        It costs a guest as little as can be: one that boots may be asked again and again.
        """
        ...


class Machines(Guests, Protocol):
    """Makes, shows, powers and removes machines, and looks into them."""

    def notice(self) -> str:
        """Return what to expect of machines that are made here; empty where nothing is special."""
        ...

    def show(self, name: str) -> Machine | None:
        """Return the machine of this name, or None."""
        ...

    def list(self) -> tuple[Machine, ...]:
        """Return all machines, ours and others', by name."""
        ...

    def refuse_namesakes(self, names: Collection[str]) -> None:
        """Raise SpecError if a new machine of such a name would get in the way of another of ours.

        That is one which this port does not list, and which has files and filters on this host that
        go by its name.
        """
        ...

    def refuse_hopeless(self, specs: Collection[MachineSpec]) -> None:
        """Raise MissingError or SpecError if one of these cannot be made here.

        That is for want of its template, or of the place that it is to go to: of places, all that
        is wrong with any. What lies on this machine was looked at before.
        """
        ...

    def displaced(self, specs: Collection[MachineSpec]) -> tuple[str, ...]:
        """Say, a sentence for each, which of these machines are elsewhere than their place is."""
        ...

    def define(self, spec: MachineSpec) -> Machine:
        """Make the machine, powered off; one of the same pair that is there is left as it is.

        HeldError for a machine of another pair, or of another tool.
        """
        ...

    def set_power(self, name: str, power: Power) -> Machine:
        """Bring the machine into this state. OFF is hard: as if the cord were pulled."""
        ...

    def kill(self, name: str) -> None:
        """Let the machine die without a word, quiet where it is off; ON brings it back.

        Unlike OFF this gives nothing in it the time to say goodbye, whatever the hypervisor.
        """
        ...

    def reset(self, name: str) -> None:
        """Begin the boot anew, as if a reset button were pressed; GuestError for one that is off.

        Returns at once: the guest is up again when `run` gets an answer.
        """
        ...

    def set_link(self, name: str, mac: str, link: Link) -> None:
        """Plug or pull the cable of a NIC, until the machine is powered off at the latest.

        GuestError for a machine that is off, MissingError for a NIC that it does not have.
        """
        ...

    def set_mark(self, name: str, mark: Mark | None) -> None:
        """Replace what we remember on the machine; None forgets it."""
        ...

    def set_moves(self, name: str, moves: Moves) -> None:
        """Replace the MAC moves that we remember to have caused."""
        ...

    def is_apart(self, pair: str, names: Collection[str]) -> bool:
        """Say whether the hypervisor keeps these machines on different hosts, if it ever can."""
        ...

    def keep_apart(self, pair: str, names: Collection[str]) -> None:
        """Let the hypervisor keep these machines on different hosts; no names: forget the pair."""
        ...

    def open_port(self, name: str, port: int, *, by: Deadline) -> socket.socket:
        """Return a socket connected to a TCP port that the guest listens on."""
        ...

    def console(self, name: str, *, after: int = 0) -> Said:
        """Return what the machine has written to its console after so many bytes.

        A log that was begun anew meanwhile is returned from its beginning. GuestError for a machine
        of which nobody keeps what it writes, or that has written nothing yet.
        """
        ...

    def save_logs(self, name: str, folder: Path) -> None:
        """Copy what the machine has logged into the folder, also of one that is off."""
        ...

    def remove(self, name: str) -> None:
        """Power off and remove the machine with all that `define` made for it."""
        ...
