"""The machine port on libvirt system containers (`lxc:///system`)."""

import os
import shutil
import signal
import socket
import subprocess
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import libvirt

from vipprov.guest.deadline import Clock, Deadline
from vipprov.guest.errors import (
    DeadlineError,
    GuestError,
    HeldError,
    HypervisorError,
    MissingError,
)
from vipprov.hv import namespace
from vipprov.hv.libvirtd import claim, container, domain_xml, marks, metadata
from vipprov.hv.libvirtd.faults import translated
from vipprov.hv.libvirtd.session import Session
from vipprov.hv.machine import Completed, Machine, MachineSpec, Power
from vipprov.hv.mark import Mark

LIBVIRT_LOGS = Path("/var/log/libvirt/lxc")
GUEST_LOGS = ("cloud-init.log", "cloud-init-output.log", "journal")
REMOVE_SECONDS = 20.0


class Containers:
    """Machines that are system containers on this host."""

    def __init__(self, session: Session, *, store: Path, clock: Clock) -> None:
        self._session = session
        self._store = store
        self._clock = clock

    def show(self, name: str) -> Machine | None:
        try:
            return self._session.call(f"look at {name}", lambda: _machine(self._lookup(name)))
        except MissingError:
            return None

    def list(self) -> tuple[Machine, ...]:
        def read() -> tuple[Machine, ...]:
            domains = self._session.connection.listAllDomains()
            seen = (_still_there(domain) for domain in domains if not claim.is_claim(domain))
            return tuple(machine for machine in seen if machine is not None)

        machines = self._session.call("list the containers", read)
        return tuple(sorted(machines, key=lambda machine: machine.name))

    def define(self, spec: MachineSpec) -> Machine:
        layer = self._layer(spec.name)
        machine = self.show(spec.name) or self._define(spec, layer)
        if machine.mark is None or machine.mark.pair != spec.mark.pair:
            raise HeldError(
                f"{spec.name} was made by somebody else a moment ago.",
                hint="Give the guest another name.",
            )
        if not machine.mark.ready and machine.power is Power.OFF:
            container.remove_layer(layer)  # a killed run may have written half of it
            container.make_layer(layer, spec.seed)
        return machine

    def set_power(self, name: str, power: Power) -> Machine:
        def act() -> Machine:
            domain = self._lookup(name)
            machine = _machine(domain)
            if machine.power is power:
                return machine
            _power_verb(domain, machine.power, power)()
            return _machine(domain)

        return self._session.call(f"turn {name} {power.value}", act)

    def set_mark(self, name: str, mark: Mark | None) -> None:
        text = None if mark is None else marks.dump(mark)

        def act() -> None:
            metadata.write(self._lookup(name), domain_xml.MARK, text)

        self._session.call(f"mark {name}", act)

    def run(self, name: str, argv: Sequence[str], *, by: Deadline, stdin: bytes = b"") -> Completed:
        target = str(self.init_pid(name))
        # Of all its namespaces only the user's is left alone: the container has none of its own.
        enter = ("nsenter", "-t", target, "-m", "-u", "-i", "-n", "-p", "-C", "--", *argv)
        return _completed(name, enter, by=by, stdin=stdin)

    def open_port(self, name: str, port: int, *, by: Deadline) -> socket.socket:
        # The host has no address on the guest's networks, but it can stand inside the guest.
        inside = Path(f"/proc/{self.init_pid(name)}/ns/net")
        address = ("127.0.0.1", port)
        try:
            return namespace.within(
                inside, lambda: socket.create_connection(address, timeout=by.remaining)
            )
        except OSError as error:
            raise GuestError(
                f"Nothing answers on port {port} of {name}.", details=str(error)
            ) from error

    def save_logs(self, name: str, folder: Path) -> None:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        guest_logs = self._layer(name) / "upper" / "var" / "log"
        for source in (
            self._layer(name) / "init.log",
            LIBVIRT_LOGS / f"{name}.log",
            *(guest_logs / log for log in GUEST_LOGS),
        ):
            _copy(source, folder / source.name)

    def remove(self, name: str) -> None:
        if self.show(name) is not None:
            self.set_power(name, Power.OFF)
        container.remove_cgroup(name, Deadline.after(REMOVE_SECONDS, clock=self._clock))
        container.remove_layer(self._layer(name))
        with suppress(MissingError):  # it was not there, or another run was quicker
            self._session.call(f"remove {name}", lambda: self._lookup(name).undefine())

    def init_pid(self, name: str) -> int:
        """Return the process id of the container's init, or raise GuestError."""
        controller = self._session.call(f"look at {name}", lambda: self._lookup(name).ID())
        try:
            children = Path(f"/proc/{controller}/task/{controller}/children").read_text().split()
            return int(children[0])
        except (OSError, IndexError):
            raise GuestError(
                f"{name} is not running.", hint="`vipprov vm create` starts it."
            ) from None

    def _define(self, spec: MachineSpec, layer: Path) -> Machine:
        nics = tuple(replace(nic, is_network=self._is_network(nic.port_group)) for nic in spec.nics)
        text = domain_xml.container(
            replace(spec, nics=nics),
            layer=layer,
            mark=marks.dump(spec.mark),
            init=container.INIT,
            layer_target=container.LAYER_TARGET,
        )
        define = self._session.connection.defineXML
        return self._session.call(f"define {spec.name}", lambda: _machine(define(text)))

    def _is_network(self, port_group: str) -> bool:
        """Say whether libvirt has a network of this name; a bridge of the name comes second."""
        find = self._session.connection.networkLookupByName
        try:
            self._session.call(f"look for the network {port_group}", lambda: find(port_group))
        except MissingError:
            return False
        return True

    def _lookup(self, name: str) -> libvirt.virDomain:
        return self._session.connection.lookupByName(name)

    def _layer(self, name: str) -> Path:
        return self._store / name


def _machine(domain: libvirt.virDomain) -> Machine:
    text = domain.XMLDesc(libvirt.VIR_DOMAIN_XML_INACTIVE)
    kept = metadata.from_xml(text, domain_xml.MARK)
    return Machine(
        name=domain.name(),
        uuid=domain.UUIDString(),
        power=_power(domain.state()[0]),
        nics=domain_xml.nics(text),
        mark=None if kept is None else marks.load(kept),
    )


def _still_there(domain: libvirt.virDomain) -> Machine | None:
    """Return the machine, or None if it was removed since it was listed."""
    try:
        with translated(f"look at {domain.name()}"):
            return _machine(domain)
    except MissingError:
        return None


def _power(state: int) -> Power:
    match state:
        case libvirt.VIR_DOMAIN_RUNNING | libvirt.VIR_DOMAIN_BLOCKED:
            return Power.ON
        case libvirt.VIR_DOMAIN_PAUSED:
            return Power.PAUSED
        case _:
            return Power.OFF


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


def _completed(name: str, argv: Sequence[str], *, by: Deadline, stdin: bytes) -> Completed:
    """Run the command in a process group of its own, so that all of it ends by the deadline."""
    with subprocess.Popen(
        argv,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        start_new_session=True,
        env={"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "LC_ALL": "C.UTF-8"},
        cwd="/",
    ) as process:
        try:
            stdout, stderr = process.communicate(stdin, timeout=by.remaining)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            raise DeadlineError(f"A command in {name} did not end in time.") from None
    return Completed(code=process.returncode, stdout=stdout, stderr=stderr)


def _copy(source: Path, target: Path) -> None:
    # The guest's root could have put a link there that leads to a file of the host.
    if source.is_symlink():
        return
    if source.is_dir():
        shutil.copytree(source, target, symlinks=True, dirs_exist_ok=True)
    elif source.is_file():
        shutil.copy(source, target)
