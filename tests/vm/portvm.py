"""A real VM with NICs on a bridge and on macvtaps, whose only program sends and hears frames."""

import json
import os
import select
import shutil
import subprocess
import tempfile
import tty
import xml.etree.ElementTree as ET
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any
from uuid import uuid4

from lab import wire
from lab.foreign import MAC, Foreign, run
from lab.portprobe import VMAC
from vipprov.cloudinit.seed import Seed
from vipprov.guest.deadline import SystemClock
from vipprov.guest.pair import Size
from vipprov.hv import marktext
from vipprov.hv.images import image
from vipprov.hv.images.disk import Disk
from vipprov.hv.libvirtd import vm_xml, vmfiles
from vipprov.hv.libvirtd.acceleration import Acceleration
from vipprov.hv.libvirtd.vmfiles import Files
from vipprov.hv.machine import MachineSpec, Nic
from vipprov.hv.mark import Mark
from vm.variants import disk

URI = "qemu:///system"
VIRSH = ("virsh", "-q", "-c", URI)
INMATE = Path(__file__).with_name("inmate.py")
# The program lies on the second disk as it is; the kernel hands what follows the dashes to init.
COMMAND = 'init=/bin/sh -- -c "exec python3 /dev/vdb"'
SECTOR = 512
BOOT_SECONDS = 120.0
GREETING = b'{"vmac"'


@dataclass(frozen=True, slots=True, kw_only=True)
class Macvtap:
    """A NIC on a macvtap of this mode."""

    mode: str
    trusted: bool

    @property
    def name(self) -> str:
        return f"macvtap, {self.mode}{', trusted' if self.trusted else ''}"


@dataclass(frozen=True, slots=True)
class Line:
    """The serial line to the VM's program."""

    descriptor: int

    def ask(self, question: dict[str, object], *, within: float = 20.0) -> Any:  # noqa: ANN401  a JSON document
        """Return the answer to a question."""
        self.tell(question)
        return self.hear(within)

    def tell(self, document: object) -> None:
        left = json.dumps(document).encode() + b"\n"
        while left:
            left = left[os.write(self.descriptor, left) :]

    def hear(self, patience: float) -> Any:  # noqa: ANN401  a JSON document
        """Return the next answer; what the guest's terminal echoes is none."""
        text = b""
        while True:
            if not select.select([self.descriptor], [], [], patience)[0]:
                raise TimeoutError(text)
            text += os.read(self.descriptor, 65536)
            *lines, text = text.split(b"\n")
            for line in lines:
                if line.startswith(b"{") and GREETING not in line:
                    return json.loads(line)


@dataclass(frozen=True, slots=True, kw_only=True)
class Inside:
    """One NIC, as the guest has it."""

    line: Line
    number: int

    def send(self, *frames: bytes) -> None:
        hexed = [frame.hex() for frame in frames]
        self.line.ask({"do": "send", "nic": self.number, "frames": hexed})

    def until(self, last: bytes, *, patience: float = wire.PATIENCE) -> list[bytes]:
        """Return the frames that arrive before this one."""
        asked: dict[str, object] = {
            "do": "until",
            "nic": self.number,
            "last": last.hex(),
            "patience": patience,
        }
        frames = self.line.ask(asked, within=patience + 20)["frames"]
        if frames is None:
            raise TimeoutError
        return [bytes.fromhex(frame) for frame in frames]

    def run(self, *argv: str) -> str:
        """Run a command in the guest."""
        return str(self.line.ask({"do": "run", "argv": argv})["out"])


@dataclass(frozen=True, slots=True, kw_only=True)
class PortVm:
    """The VM, its port on a bridge, and by its macvtaps' names the far ends of their cables."""

    line: Line
    bridged: Foreign
    far_ends: dict[str, wire.Port]

    def nic(self, number: int) -> Inside:
        return Inside(line=self.line, number=number)


@contextmanager
def booted(macvtaps: Sequence[Macvtap]) -> Iterator[PortVm]:
    """Yield a VM whose first NIC is on a bridge of its own; nothing is left of it."""
    token = uuid4().hex[:6]
    port = Foreign(name=f"ports-{token}", bridge=f"fo{token}", device=f"fp{token}", hypervisor=URI)
    lowers = [f"ml{number}{token}" for number in range(len(macvtaps))]
    # QEMU's user has to get there, and nobody but root gets at pytest's folders.
    folder = Path(tempfile.mkdtemp(prefix="vipprov-test-", dir="/var/tmp"))
    folder.chmod(0o711)
    try:
        run("ip", "link", "add", port.bridge, "type", "bridge", "mcast_snooping", "0")
        for lower in lowers:
            run("ip", "link", "add", lower, "type", "veth", "peer", "name", f"{lower}f")
        for device in (port.bridge, *lowers, *(f"{lower}f" for lower in lowers)):
            run("sysctl", "-qw", f"net.ipv6.conf.{device}.disable_ipv6=1")
            run("ip", "link", "set", device, "up")
        _start(port, folder, macvtaps, lowers)
        with ExitStack() as opened:
            far_ends = {
                macvtap.name: opened.enter_context(wire.port_of(os.getpid(), f"{lower}f"))
                for macvtap, lower in zip(macvtaps, lowers, strict=True)
            }
            yield PortVm(line=_connected(port.name, opened), bridged=port, far_ends=far_ends)
    finally:
        for verb in ("destroy", "undefine"):
            subprocess.run([*VIRSH, verb, port.name], capture_output=True, check=False)
        for device in (port.bridge, *lowers):
            with suppress(subprocess.CalledProcessError):
                run("ip", "link", "del", device)
        shutil.rmtree(folder)


def _start(port: Foreign, folder: Path, macvtaps: Sequence[Macvtap], lowers: list[str]) -> None:
    base = image.read(disk())
    assert base is not None
    assert base.disk is not None
    files = Files(folder=folder)
    program = INMATE.read_bytes()
    files.seed.write_bytes(program + b"\n" * (-len(program) % SECTOR))
    vmfiles.copy_boot(files, base.disk)
    backing = ("-b", str(base.disk.path), "-F", "qcow2")
    run("qemu-img", "create", "-q", "-f", "qcow2", *backing, str(files.overlay))
    spec = MachineSpec(
        name=port.name,
        image=replace(base.disk, cmdline=f"{base.disk.cmdline} {COMMAND}"),
        size=Size(cpus=1, memory=512 << 20, disk=base.disk.size),
        nics=(Nic(mac=MAC, port_group=port.bridge, guest_name="eth0"),),
        seed=Seed(meta_data="", user_data="", network_config=""),
        mark=Mark(pair=port.name, guest=port.name, identity="none"),
    )
    assert isinstance(spec.image, Disk)
    domain = ET.fromstring(  # noqa: S314  our own
        vm_xml.render(
            spec,
            disk=spec.image,
            files=files,
            mark=marktext.dump(spec.mark),
            acceleration=Acceleration.SOFTWARE,
        )
    )
    # As a machine of another tool: our own leave everything with a mark alone that is not whole.
    metadata, devices = domain.find("metadata"), domain.find("devices")
    assert metadata is not None
    assert devices is not None
    domain.remove(metadata)
    (target,) = devices.iterfind("interface/target")
    target.set("dev", port.device)
    for macvtap, lower in zip(macvtaps, lowers, strict=True):
        trusted = "yes" if macvtap.trusted else "no"
        nic = ET.SubElement(devices, "interface", type="direct", trustGuestRxFilters=trusted)
        ET.SubElement(nic, "mac", address=MAC)
        ET.SubElement(nic, "source", dev=lower, mode=macvtap.mode)
        ET.SubElement(nic, "model", type="virtio")
    line = ET.SubElement(devices, "serial", type="pty")
    ET.SubElement(line, "target", port="1")
    path = folder / "domain.xml"
    path.write_bytes(ET.tostring(domain))
    run(*VIRSH, "define", str(path))
    run(*VIRSH, "start", port.name)


def _connected(name: str, opened: ExitStack) -> Line:
    """Return the line once the program answers on it."""
    live = ET.fromstring(run(*VIRSH, "dumpxml", name))  # noqa: S314  libvirt's own
    source = live.find("devices/serial/target[@port='1']/../source")
    assert source is not None
    descriptor = os.open(source.attrib["path"], os.O_RDWR | os.O_NOCTTY)
    opened.callback(os.close, descriptor)
    tty.setraw(descriptor)
    line = Line(descriptor)
    # What is written before anybody listens is lost, so it is said until it is answered.
    clock, over = SystemClock(), SystemClock().now() + BOOT_SECONDS
    while clock.now() < over:
        line.tell({"vmac": VMAC})
        with suppress(TimeoutError):
            assert line.hear(3.0)["nics"]
            return line
    raise TimeoutError(f"{name} did not say a word.")
