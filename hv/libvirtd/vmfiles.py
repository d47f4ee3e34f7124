"""A virtual machine's files: its own disk over the image's, its seed, its console's log."""

import shutil
import subprocess
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from vipprov.cloudinit import iso
from vipprov.guest.errors import DeadlineError, HypervisorError
from vipprov.hv import storage
from vipprov.hv.images.disk import Disk
from vipprov.hv.machine import MachineSpec

PROGRAM = "qemu-img"
SECONDS = 30.0
# What qemu-img says ends up in error texts, so it says it in one language.
_ENVIRONMENT = {"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "LC_ALL": "C.UTF-8"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Files:
    """The files of one virtual machine, all in a folder of its own."""

    folder: Path

    @property
    def overlay(self) -> Path:
        """What the guest has written, over the image's disk."""
        return self.folder / "disk.qcow2"

    @property
    def seed(self) -> Path:
        """The CD that cloud-init reads, at every boot."""
        return self.folder / "seed.iso"

    @property
    def kernel(self) -> Path:
        """The image's kernel, where it has one beside its disk."""
        return self.folder / "vmlinux"

    @property
    def initrd(self) -> Path:
        """The image's initrd, where it has one beside its disk."""
        return self.folder / "initrd"

    @property
    def console(self) -> Path:
        """What the guest said on its serial console."""
        return self.folder / "console.log"


def make(files: Files, spec: MachineSpec, disk: Disk) -> None:
    """Write the machine's files anew. libvirt hands them to QEMU's user for as long as it runs."""
    with storage.writing(files.folder):
        files.folder.mkdir(parents=True, exist_ok=True)
        # QEMU's user passes through, to files that it knows by name, and sees nothing else.
        files.folder.chmod(0o711)
        iso.write(spec.seed, files.seed)
        with ThreadPoolExecutor(max_workers=1) as beside:  # a kernel of 50 MB takes its time
            copying = beside.submit(copy_boot, files, disk)
            _make_overlay(files.overlay, disk, max(spec.size.disk, disk.size))
            copying.result()
        files.overlay.chmod(0o600)


def copy_boot(files: Files, disk: Disk) -> None:
    """Give the machine a kernel and an initrd of its own, if its image has them beside the disk.

    libvirt hands them to QEMU's user while the machine runs: who breaks out of one guest must not
    be able to write what all others boot next.
    """
    for source, target in ((disk.kernel, files.kernel), (disk.initrd, files.initrd)):
        if source is not None:
            shutil.copyfile(source, target)


def mend(files: Files, spec: MachineSpec) -> None:
    """Write the seed anew, whatever has become of it; HypervisorError where the disk is gone."""
    storage.demand(files.overlay, of=spec.name)
    with storage.writing(files.folder):
        iso.write(spec.seed, files.seed)


def remove(files: Files) -> None:
    """Remove the machine's files, if there are any."""
    try:
        shutil.rmtree(files.folder)
    except FileNotFoundError:
        return
    except OSError as error:
        raise HypervisorError(
            f"Could not remove {files.folder}.", details=str(error), hint="Run it as root."
        ) from error


def _make_overlay(overlay: Path, disk: Disk, size: int) -> None:
    if not disk.path.is_file():  # qemu-img would make an overlay that boots nothing
        raise HypervisorError(
            f"The image's disk {disk.path} is gone.",
            hint="`vipprov image list` shows what is left.",
        )
    base = ("-b", str(disk.path), "-F", "qcow2")
    argv = (PROGRAM, "create", "-q", "-f", "qcow2", *base, str(overlay), str(size))
    try:
        done = subprocess.run(
            argv, capture_output=True, text=True, check=False, timeout=SECONDS, env=_ENVIRONMENT
        )
    except FileNotFoundError as error:
        raise HypervisorError(
            f"{PROGRAM} is not installed.", hint="Install the package qemu-utils."
        ) from error
    except subprocess.TimeoutExpired as error:
        raise DeadlineError(
            f"{PROGRAM} did not make {overlay} within {SECONDS:.0f} s.",
            hint="Is the disk under it slow, or a share that does not answer?",
        ) from error
    if done.returncode != 0:
        raise HypervisorError(f"Could not make {overlay}.", details=done.stderr.strip())
