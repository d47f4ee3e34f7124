"""System containers (`lxc:///system`): entered through the namespaces of their init."""

import os
import signal
import socket
from collections.abc import Sequence
from functools import partial
from pathlib import Path

import libvirt

from vipprov.guest.deadline import Clock, Deadline
from vipprov.guest.errors import GuestError, SpecError
from vipprov.hv import entered, iplink, namespace, storage
from vipprov.hv.libvirtd import container, container_xml, interface_xml, logfiles
from vipprov.hv.libvirtd.session import Session
from vipprov.hv.machine import Completed, Link, MachineSpec, Said

LIBVIRT_LOGS = Path("/var/log/libvirt/lxc")
GUEST_LOGS = ("cloud-init.log", "cloud-init-output.log", "journal")
# What a guest that runs is asked for: its journal as text, beside the files.
ASKED = {"journal.log": ("journalctl", "--no-pager", "-b")}
LOG_SECONDS = 20.0
REMOVE_SECONDS = 20.0
LINK_SECONDS = 5.0


class Lxc:
    """Containers whose private layers lie in the store."""

    undefine_flags = 0

    def __init__(self, session: Session, *, store: Path, clock: Clock) -> None:
        self._session = session
        self._store = store
        self._clock = clock

    def notice(self) -> str:
        return ""

    def xml(self, spec: MachineSpec, *, mark: str) -> str:
        if not isinstance(spec.image, Path):
            raise SpecError(
                f"{spec.name} is to be a container, and its image is a disk.",
                hint="`vipprov image list` shows what each image is for.",
            )
        return container_xml.render(
            spec,
            tree=spec.image,
            layer=self._store / spec.name,
            mark=mark,
            init=container.INIT,
            layer_target=container.LAYER_TARGET,
        )

    def make_files(self, spec: MachineSpec) -> None:
        container.make_layer(self._store / spec.name, spec.seed)

    def mend_files(self, spec: MachineSpec) -> None:
        storage.demand(self._store / spec.name, of=spec.name)

    def remove_files(self, name: str) -> None:
        container.remove_cgroup(name, Deadline.after(REMOVE_SECONDS, clock=self._clock))
        container.remove_layer(self._store / name)
        logfiles.remove(LIBVIRT_LOGS, name)

    def kill(self, name: str) -> None:
        # libvirt's destroy asks nicely first, so keepalived says goodbye to its peers (measured).
        os.kill(self.init_pid(name), signal.SIGKILL)

    def reset(self, domain: libvirt.virDomain) -> None:
        domain.destroy()
        domain.create()

    def set_link(self, domain: libvirt.virDomain, mac: str, link: Link) -> None:
        # The driver knows no link states: the host's end of the cable is what can be pulled.
        for nic in interface_xml.interfaces(domain.XMLDesc()):
            if nic.mac == mac and nic.target is not None:
                iplink.batch(
                    [("link", "set", nic.target, link.value)],
                    doing=f"bring the link of {domain.name()} {link.value}",
                    by=Deadline.after(LINK_SECONDS, clock=self._clock),
                )

    def run(self, name: str, argv: Sequence[str], *, by: Deadline, stdin: bytes = b"") -> Completed:
        target = str(self.init_pid(name))
        # Of all its namespaces only the user's is left alone: the container has none of its own.
        enter = ("nsenter", "-t", target, "-m", "-u", "-i", "-n", "-p", "-C", "--", *argv)
        return entered.completed(name, enter, by=by, stdin=stdin)

    def read(self, name: str, path: str, *, by: Deadline) -> bytes | None:
        return entered.read(self, name, path, by=by)

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

    def console(self, name: str, *, after: int) -> Said:  # noqa: ARG002  there is nothing to begin after
        raise GuestError(
            f"{name} is a container: nobody keeps what it writes to its console.",
            hint=f"`vipprov vm logs {name}` shows its journal; at a terminal, "
            f"`vipprov vm console {name}` opens it.",
        )

    def save_logs(self, name: str, folder: Path) -> None:
        layer = self._store / name
        guest_logs = layer / "upper" / "var" / "log"
        for source in (
            layer / "init.log",
            LIBVIRT_LOGS / f"{name}.log",
            *(guest_logs / log for log in GUEST_LOGS),
        ):
            logfiles.copy(source, folder / source.name)
        by = Deadline.after(LOG_SECONDS, clock=self._clock)
        logfiles.ask(partial(self.run, name, by=by), ASKED, folder)

    def init_pid(self, name: str) -> int:
        """Return the process id of the container's init, or raise GuestError."""
        look = self._session.connection.lookupByName
        controller = self._session.call(f"look at {name}", lambda: look(name).ID())
        try:
            children = Path(f"/proc/{controller}/task/{controller}/children").read_text().split()
            return int(children[0])
        except (OSError, IndexError):
            raise GuestError(
                f"{name} is not running.", hint="`vipprov vm create` starts it."
            ) from None
