"""A disk that virtual machines are made from. Apart, so that who names it loads no pydantic."""

from dataclasses import dataclass
from pathlib import Path

from vipprov.guest.errors import SpecError

# The kernel's name for the processor that all VMs have.
MACHINE = "x86_64"


@dataclass(frozen=True, slots=True, kw_only=True)
class Disk:
    """A read-only qcow2 that each machine puts a disk of its own over.

    It boots by itself where `kernel` is None; elsewhere the hypervisor starts the kernel with the
    initrd and the command line, and gives it the disk as its first virtio disk. A machine's own
    disk has at least `size` bytes.
    """

    path: Path
    size: int
    kernel: Path | None = None
    initrd: Path | None = None
    cmdline: str | None = None

    def __post_init__(self) -> None:
        if self.kernel is None and (self.initrd is not None or self.cmdline is not None):
            raise SpecError(f"{self.path}: an initrd and a command line go with a kernel.")


def check_machine(machine: str) -> None:
    """Raise SpecError on a kind of machine that no VMs are made on."""
    if machine != MACHINE:
        raise SpecError(
            "VMs are made on x86-64 only so far.",
            details=f"This machine is {machine}.",
            hint="Containers can be made here: `vipprov image build debian-12`.",
        )
