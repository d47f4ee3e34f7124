"""The machine port on libvirt: what containers and virtual machines have in common."""

import socket
from collections.abc import Callable, Collection, Sequence
from contextlib import suppress
from pathlib import Path

import libvirt

from vipprov.guest.deadline import Deadline
from vipprov.guest.errors import GuestError, HypervisorError, MissingError, SpecError
from vipprov.hv import marktext, storage
from vipprov.hv.libvirtd import birth, claim, domain_xml, machineread, metadata, sibling
from vipprov.hv.libvirtd.driver import Driver
from vipprov.hv.libvirtd.session import Session
from vipprov.hv.machine import Completed, Link, Machine, MachineSpec, Power, Said, Template
from vipprov.hv.mark import Mark, Moves


class LibvirtMachines:
    """The machines of one libvirt connection."""

    def __init__(self, session: Session, driver: Driver) -> None:
        self._session = session
        self._driver = driver

    def notice(self) -> str:
        return self._driver.notice()

    def show(self, name: str) -> Machine | None:
        try:
            return self._session.call(
                f"look at {name}", lambda: machineread.machine(self._lookup(name))
            )
        except MissingError:
            return None

    def list(self) -> tuple[Machine, ...]:
        def read() -> tuple[Machine, ...]:
            domains = self._session.connection.listAllDomains()
            seen = (
                machineread.if_there(domain) for domain in domains if not claim.is_claim(domain)
            )
            return tuple(machine for machine in seen if machine is not None)

        machines = self._session.call("list the machines", read)
        return tuple(sorted(machines, key=lambda machine: machine.name))

    def refuse_namesakes(self, names: Collection[str]) -> None:
        found = sibling.namesakes(self._session, names)
        if found:
            raise SpecError(
                f"There is already {', '.join(found)}, with files and a filter of the same name.",
                hint="Destroy that pair first (`vipprov vm destroy … --on …`), or name them anew.",
            )

    def refuse_hopeless(self, specs: Collection[MachineSpec]) -> None:
        if any(isinstance(spec.image, Template) for spec in specs):
            raise SpecError("libvirt has no templates.", hint="`vipprov image list` shows images.")

    def displaced(self, specs: Collection[MachineSpec]) -> tuple[str, ...]:  # noqa: ARG002  of the port
        return ()

    def define(self, spec: MachineSpec) -> Machine:
        machine = self.show(spec.name) or birth.define(self._session, self._driver, spec)
        birth.furnish(self._driver, spec, machine)
        return machine

    def set_power(self, name: str, power: Power) -> Machine:
        seen: list[Power] = []

        def act() -> Machine:
            domain = self._lookup(name)
            seen.append(machineread.power(domain))
            if seen[-1] is not power:
                _power_verb(domain, seen[-1], power)()
            return machineread.machine(domain)

        doing = f"turn {name} {power.value}"
        try:
            return self._session.call(doing, act)
        except HypervisorError:
            # The guest may have powered itself off since we looked: what counts is how it is now.
            now = self.show(name)
            if now is None or now.power in seen:
                raise
            return self._session.call(doing, act)

    def kill(self, name: str) -> None:
        machine = self.show(name)
        if machine is None:
            raise MissingError(f"There is no machine called {name}.")
        if machine.power is not Power.OFF:
            self._driver.kill(name)

    def reset(self, name: str) -> None:
        def act() -> None:
            self._driver.reset(self._running(name))

        self._session.call(f"reset {name}", act)

    def set_link(self, name: str, mac: str, link: Link) -> None:
        def act() -> None:
            domain = self._running(name)
            if mac not in {nic.mac for nic in domain_xml.nics(domain.XMLDesc())}:
                raise MissingError(f"{name} has no NIC {mac}.")
            self._driver.set_link(domain, mac, link)

        self._session.call(f"bring the link of {name} {link.value}", act)

    def set_mark(self, name: str, mark: Mark | None) -> None:
        text = None if mark is None else marktext.dump(mark)

        def act() -> None:
            metadata.write(self._lookup(name), domain_xml.MARK, text)

        self._session.call(f"mark {name}", act)

    def set_moves(self, name: str, moves: Moves) -> None:
        text = marktext.dump_moves(moves) if moves else None

        def act() -> None:
            metadata.write(self._lookup(name), domain_xml.MOVES, text)

        self._session.call(f"remember the moves of {name}", act)

    def run(self, name: str, argv: Sequence[str], *, by: Deadline, stdin: bytes = b"") -> Completed:
        return self._driver.run(name, argv, by=by, stdin=stdin)

    def read(self, name: str, path: str, *, by: Deadline) -> bytes | None:
        return self._driver.read(name, path, by=by)

    def is_apart(self, pair: str, names: Collection[str]) -> bool:  # noqa: ARG002  one host
        return True

    def keep_apart(self, pair: str, names: Collection[str]) -> None:
        """All machines are on this one host."""

    def open_port(self, name: str, port: int, *, by: Deadline) -> socket.socket:
        return self._driver.open_port(name, port, by=by)

    def console(self, name: str, *, after: int = 0) -> Said:
        try:
            return self._driver.console(name, after=after)
        except GuestError:
            self._session.call(f"look for {name}", lambda: self._lookup(name))
            raise

    def save_logs(self, name: str, folder: Path) -> None:
        with storage.writing(folder):
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            self._driver.save_logs(name, folder)

    def remove(self, name: str) -> None:
        if self.show(name) is not None:
            self.set_power(name, Power.OFF)
        self._driver.remove_files(name)

        def act() -> None:
            self._lookup(name).undefineFlags(self._driver.undefine_flags)

        with suppress(MissingError):  # it was not there, or another run was quicker
            self._session.call(f"remove {name}", act)

    def _running(self, name: str) -> libvirt.virDomain:
        domain = self._lookup(name)
        if machineread.power(domain) is Power.OFF:
            raise GuestError(f"{name} is not running.", hint="`vipprov vm create` starts it.")
        return domain

    def _lookup(self, name: str) -> libvirt.virDomain:
        return self._session.connection.lookupByName(name)


def _power_verb(domain: libvirt.virDomain, now: Power, wanted: Power) -> Callable[[], object]:
    match (now, wanted):
        case (Power.OFF, Power.ON):
            return domain.create  # type: ignore[no-any-return]
        case (Power.PAUSED, Power.ON):
            return domain.resume  # type: ignore[no-any-return]
        case (Power.ON, Power.PAUSED):
            return domain.suspend  # type: ignore[no-any-return]
        case (_, Power.OFF):
            return domain.destroy  # type: ignore[no-any-return]
        case _:
            raise HypervisorError(f"{domain.name()} is off and cannot be paused.")
