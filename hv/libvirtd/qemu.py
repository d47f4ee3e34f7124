"""Virtual machines (`qemu:///system`): entered through the guest agent."""

import socket
import xml.etree.ElementTree as ET
from collections.abc import Sequence
from ipaddress import IPv6Address, ip_address
from pathlib import Path
from threading import Lock

import libvirt

from vipprov.guest.deadline import Clock, Deadline
from vipprov.guest.errors import DeadlineError, GuestError, SpecError
from vipprov.hv import linklocal
from vipprov.hv.images.disk import Disk
from vipprov.hv.libvirtd import acceleration, console, interface_xml, logfiles, vm_xml, vmfiles
from vipprov.hv.libvirtd.acceleration import Acceleration
from vipprov.hv.libvirtd.agentchannel import AgentChannel
from vipprov.hv.libvirtd.guestagent import GuestAgent
from vipprov.hv.libvirtd.session import Session
from vipprov.hv.libvirtd.vmfiles import Files
from vipprov.hv.machine import Completed, Link, MachineSpec, Said

LIBVIRT_LOGS = Path("/var/log/libvirt/qemu")
# An answer that is too long makes libvirt give the agent up for good: the ends must do.
LOG_BYTES = "1000000"
GUEST_LOGS = {
    "cloud-init.log": ("tail", "-c", LOG_BYTES, "/var/log/cloud-init.log"),
    "cloud-init-output.log": ("tail", "-c", LOG_BYTES, "/var/log/cloud-init-output.log"),
    "journal.log": ("sh", "-c", f"journalctl --no-pager -b | tail -c {LOG_BYTES}"),
}
LOG_SECONDS = 20.0
AGENT_EVERY = 0.5


class Qemu:
    """Virtual machines whose overlays lie in the store."""

    undefine_flags = (
        libvirt.VIR_DOMAIN_UNDEFINE_MANAGED_SAVE
        | libvirt.VIR_DOMAIN_UNDEFINE_SNAPSHOTS_METADATA
        | libvirt.VIR_DOMAIN_UNDEFINE_CHECKPOINTS_METADATA
        | libvirt.VIR_DOMAIN_UNDEFINE_NVRAM
    )

    def __init__(self, session: Session, *, store: Path, clock: Clock) -> None:
        self._session = session
        self._store = store
        self._clock = clock
        self._trying = Lock()
        self._acceleration: Acceleration | None = None

    @property
    def acceleration(self) -> Acceleration:
        """How new guests are run; it is tried out once, and who asks meanwhile waits for that."""
        with self._trying:
            if self._acceleration is None:
                self._acceleration = acceleration.probed(self._session, clock=self._clock)
            return self._acceleration

    def notice(self) -> str:
        return acceleration.notice(self.acceleration)

    def xml(self, spec: MachineSpec, *, mark: str) -> str:
        return vm_xml.render(
            spec,
            disk=_disk(spec),
            files=self._files(spec.name),
            mark=mark,
            acceleration=self.acceleration,
        )

    def make_files(self, spec: MachineSpec) -> None:
        vmfiles.make(self._files(spec.name), spec, _disk(spec))

    def mend_files(self, spec: MachineSpec) -> None:
        vmfiles.mend(self._files(spec.name), spec)

    def remove_files(self, name: str) -> None:
        vmfiles.remove(self._files(name))
        logfiles.remove(LIBVIRT_LOGS, name)

    def kill(self, name: str) -> None:
        look = self._session.connection.lookupByName
        self._session.call(f"kill {name}", lambda: look(name).destroy())

    def reset(self, domain: libvirt.virDomain) -> None:
        domain.reset()

    def set_link(self, domain: libvirt.virDomain, mac: str, link: Link) -> None:
        for interface in ET.fromstring(domain.XMLDesc()).iterfind("devices/interface"):  # noqa: S314  libvirt's own
            if interface.find(f"mac[@address='{mac}']") is not None:
                for old in interface.findall("link"):
                    interface.remove(old)
                ET.SubElement(interface, "link", state=link.value)
                text = ET.tostring(interface, encoding="unicode")
                domain.updateDeviceFlags(text, libvirt.VIR_DOMAIN_AFFECT_LIVE)

    def run(self, name: str, argv: Sequence[str], *, by: Deadline, stdin: bytes = b"") -> Completed:
        return self._agent(name, by=by).run(argv, by=by, stdin=stdin)

    def read(self, name: str, path: str, *, by: Deadline) -> bytes | None:
        return self._agent(name, by=by).read(path, by=by)

    def open_port(self, name: str, port: int, *, by: Deadline) -> socket.socket:
        # The host has no address on the guest's networks, and the agent passes no streams on.
        reasons = []
        for bridge, address in self._neighbourhood(name, by=by):
            try:
                return linklocal.connect(bridge, address, port, by=by)
            except OSError as error:
                reasons.append(f"{address} on {bridge}: {error}")
        raise GuestError(
            f"Nothing answers on port {port} of {name}.",
            details="\n".join(reasons) or f"{name} has no IPv6 link-local address on a bridge.",
            hint="The guest is reached by its link-local address: IPv6 must be on there.",
        )

    def console(self, name: str, *, after: int) -> Said:
        return console.read(self._files(name).console, after=after)

    def save_logs(self, name: str, folder: Path) -> None:
        files = self._files(name)
        for source in (*files.folder.glob(f"{files.console.name}*"), LIBVIRT_LOGS / f"{name}.log"):
            logfiles.copy(source, folder / source.name)
        channel = AgentChannel(self._session, name)
        agent = GuestAgent(name, channel.send)
        by = Deadline.after(LOG_SECONDS, clock=self._clock)

        def run(argv: Sequence[str]) -> Completed:
            if not channel.is_open():  # it is not waited for: this guest may have none
                raise GuestError(f"The guest agent of {name} does not answer.")
            return agent.run(argv, by=by)

        logfiles.ask(run, GUEST_LOGS, folder)

    def _agent(self, name: str, *, by: Deadline) -> GuestAgent:
        """Return the guest's agent once it listens; GuestError where it does not in time."""
        channel = AgentChannel(self._session, name)
        if by.remaining <= 0:
            raise DeadlineError(f"There was no time left for a command in {name}.")
        try:
            by.poll(lambda: channel.is_open() or None, what="an agent", every=AGENT_EVERY)
        except DeadlineError as error:
            raise GuestError(
                f"The guest agent of {name} does not answer.",
                details=console.last_lines(self._files(name).console),
                hint="A first boot may not be over; an image without qemu-guest-agent has none.",
            ) from error
        return GuestAgent(name, channel.send)

    def _neighbourhood(self, name: str, *, by: Deadline) -> list[tuple[str, IPv6Address]]:
        """Return the bridges that the guest is plugged into, with its link-local addresses."""
        inside = {nic.mac: nic.addresses for nic in self._agent(name, by=by).nics(by=by)}
        look = self._session.connection.lookupByName
        text = self._session.call(f"look at {name}", lambda: look(name).XMLDesc())
        return [
            (nic.bridge, address)
            for nic in interface_xml.interfaces(text)
            if nic.bridge is not None
            for address in map(ip_address, inside.get(nic.mac, ()))
            if isinstance(address, IPv6Address) and address.is_link_local
        ]

    def _files(self, name: str) -> Files:
        return Files(folder=self._store / name)


def _disk(spec: MachineSpec) -> Disk:
    if not isinstance(spec.image, Disk):
        raise SpecError(
            f"{spec.name} is to be a VM, and its image is a folder tree.",
            hint="`vipprov image list` shows what each image is for.",
        )
    return spec.image
