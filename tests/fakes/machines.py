"""Machines in memory: the machine port, held to its promises, with scripted guests."""

import socket
from collections.abc import Callable, Collection, Sequence
from dataclasses import replace
from pathlib import Path

from vipprov.guest.deadline import Deadline
from vipprov.guest.errors import (
    DeadlineError,
    GuestError,
    HeldError,
    HypervisorError,
    MissingError,
    SpecError,
)
from vipprov.hv import entered
from vipprov.hv.machine import Completed, Link, Machine, MachineSpec, Power, Said, Template
from vipprov.hv.mark import Mark, Moves

Script = Callable[[str, Sequence[str], bytes], Completed]


def says(stdout: str = "", *, code: int = 0, stderr: str = "") -> Completed:
    """Return a command's end with this output."""
    return Completed(code=code, stdout=stdout.encode(), stderr=stderr.encode())


def silent(_name: str, _argv: Sequence[str], _stdin: bytes) -> Completed:
    """Let every command succeed without a word."""
    return says()


class FakeMachines:
    """Machines in a dict. `script` answers for what runs in them, `ran` tells what did.

    `files` are those that a script says it has made; a reset clears them, as it does in /run.
    """

    def __init__(self, script: Script = silent) -> None:
        self.script = script
        self.machines: dict[str, Machine] = {}
        self.specs: dict[str, MachineSpec] = {}
        self.expected = ""
        self.elsewhere: set[str] = set()
        self.lost: set[str | None] = set()
        self.strays: set[str] = set()
        self.apart: dict[str, set[str]] | None = None
        self.links: dict[tuple[str, str], Link] = {}
        self.files: set[tuple[str, str]] = set()
        self.consoles: dict[str, bytes] = {}
        self.ran: list[tuple[str, tuple[str, ...]]] = []

    def notice(self) -> str:
        return self.expected

    def show(self, name: str) -> Machine | None:
        return self.machines.get(name)

    def list(self) -> tuple[Machine, ...]:
        return tuple(self.machines[name] for name in sorted(self.machines))

    def refuse_namesakes(self, names: Collection[str]) -> None:
        if found := self.elsewhere.intersection(names):
            raise SpecError(f"There is already {', '.join(found)}.")

    def refuse_hopeless(self, specs: Collection[MachineSpec]) -> None:
        if any(isinstance(spec.image, Template) for spec in specs):
            raise SpecError("There are no templates here.")
        if lost := self.lost.intersection(spec.placement.host for spec in specs):
            raise MissingError(f"There is no host {', '.join(filter(None, lost))}.")

    def displaced(self, specs: Collection[MachineSpec]) -> tuple[str, ...]:
        return tuple(f"{spec.name} stays" for spec in specs if spec.name in self.strays)

    def define(self, spec: MachineSpec) -> Machine:
        self.specs.setdefault(spec.name, spec)
        fresh = Machine(
            name=spec.name,
            uuid=f"00000000-0000-0000-0000-{len(self.machines):012}",
            sort=spec.sort,
            power=Power.OFF,
            nics=spec.nics,
            mark=spec.mark,
        )
        found = self.machines.setdefault(spec.name, fresh)
        if found.mark is None or found.mark.pair != spec.mark.pair:
            raise HeldError(f"{spec.name} was made by somebody else.")
        return found

    def set_power(self, name: str, power: Power) -> Machine:
        now = self._known(name).power
        if (now, power) == (Power.OFF, Power.PAUSED):
            raise HypervisorError(f"{name} is off and cannot be paused.")
        self.machines[name] = replace(self._known(name), power=power)
        return self.machines[name]

    def kill(self, name: str) -> None:
        self.set_power(name, Power.OFF)

    def reset(self, name: str) -> None:
        self._running(name)
        self.files = {(owner, path) for owner, path in self.files if owner != name}

    def set_link(self, name: str, mac: str, link: Link) -> None:
        if mac not in {nic.mac for nic in self._running(name).nics}:
            raise MissingError(f"{name} has no NIC {mac}.")
        self.links[name, mac] = link

    def set_mark(self, name: str, mark: Mark | None) -> None:
        self.machines[name] = replace(self._known(name), mark=mark)

    def set_moves(self, name: str, moves: Moves) -> None:
        self.machines[name] = replace(self._known(name), moves=moves)

    def run(self, name: str, argv: Sequence[str], *, by: Deadline, stdin: bytes = b"") -> Completed:
        if by.remaining <= 0:
            raise DeadlineError(f"{name} did not answer in time.")
        self._running(name)
        self.ran.append((name, tuple(argv)))
        return self.script(name, argv, stdin)

    def read(self, name: str, path: str, *, by: Deadline) -> bytes | None:
        return entered.read(self, name, path, by=by)

    def is_apart(self, pair: str, names: Collection[str]) -> bool:
        return self.apart is None or self.apart.get(pair) == set(names)

    def keep_apart(self, pair: str, names: Collection[str]) -> None:
        if self.apart is not None:
            self.apart[pair] = set(names)

    def open_port(self, name: str, port: int, *, by: Deadline) -> socket.socket:
        if by.remaining <= 0:
            raise DeadlineError(f"{name} did not answer in time.")
        raise GuestError(f"Nothing answers on port {port} of {self._known(name).name}.")

    def console(self, name: str, *, after: int = 0) -> Said:
        text = self.consoles.get(self._known(name).name)
        if text is None:
            raise GuestError(f"Nobody keeps what {name} writes to its console.")
        return Said(text=text[after:], end=len(text))

    def save_logs(self, name: str, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "console.log").write_text(f"{self._known(name).name}\n")

    def remove(self, name: str) -> None:
        self.machines.pop(name, None)
        self.specs.pop(name, None)

    def _running(self, name: str) -> Machine:
        machine = self._known(name)
        if machine.power is Power.OFF:
            raise GuestError(f"{name} is not running.")
        return machine

    def _known(self, name: str) -> Machine:
        if name not in self.machines:
            raise MissingError(f"There is no machine called {name}.")
        return self.machines[name]
