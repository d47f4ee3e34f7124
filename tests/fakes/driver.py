"""A libvirt driver whose guests do nothing: for libvirt's own test hypervisor."""

import socket
import xml.etree.ElementTree as ET
from collections.abc import Sequence
from pathlib import Path

import libvirt

from vipprov.guest.deadline import Deadline
from vipprov.guest.errors import GuestError
from vipprov.hv.libvirtd import domain_xml
from vipprov.hv.libvirtd.session import Session
from vipprov.hv.machine import Completed, Link, MachineSpec, Said


class FakeDriver:
    """Remembers whose files there are instead of writing any."""

    undefine_flags = 0

    def __init__(self, session: Session) -> None:
        self._session = session
        self.files: list[str] = []
        self.made: list[str] = []
        self.mended: list[str] = []

    def notice(self) -> str:
        return ""

    def xml(self, spec: MachineSpec, *, mark: str) -> str:
        domain = domain_xml.begun("test", spec, mark=mark)
        domain_xml.text(ET.SubElement(domain, "os"), "type", "hvm")
        domain_xml.add_events(domain)
        domain_xml.add_interfaces(ET.SubElement(domain, "devices"), spec.nics, model="virtio")
        return ET.tostring(domain, encoding="unicode")

    def make_files(self, spec: MachineSpec) -> None:
        self.files.append(spec.name)
        self.made.append(spec.name)

    def mend_files(self, spec: MachineSpec) -> None:
        self.mended.append(spec.name)

    def remove_files(self, name: str) -> None:
        self.files = [other for other in self.files if other != name]

    def kill(self, name: str) -> None:
        self._session.connection.lookupByName(name).destroy()

    def reset(self, domain: libvirt.virDomain) -> None:
        domain.destroy()
        domain.create()

    def set_link(self, domain: libvirt.virDomain, mac: str, link: Link) -> None:
        pass

    def run(self, name: str, argv: Sequence[str], *, by: Deadline, stdin: bytes = b"") -> Completed:
        raise GuestError(f"{name} runs nothing: it cannot do {argv[0]} by {by.at} of {stdin!r}.")

    def read(self, name: str, path: str, *, by: Deadline) -> bytes | None:
        raise GuestError(f"{name} runs nothing: nobody can read {path} by {by.at}.")

    def open_port(self, name: str, port: int, *, by: Deadline) -> socket.socket:
        raise GuestError(f"{name} has no port {port} by {by.at}.")

    def console(self, name: str, *, after: int) -> Said:
        raise GuestError(f"{name} says nothing, after {after} bytes of it.")

    def save_logs(self, name: str, folder: Path) -> None:
        (folder / "machine.log").write_text(f"{name}\n")
