"""A recipe in the form of a disk, for virtual machines: made of a tree, and nothing is mounted."""

from pathlib import Path

from vipprov.guest.deadline import Deadline
from vipprov.guest.errors import HypervisorError
from vipprov.hv.images import initrd, kernel, trouble
from vipprov.hv.images.image import DiskRecord
from vipprov.hv.images.program import Run
from vipprov.hv.images.recipe import DiskRecipe

RAW = "disk.raw"
DISK = "disk.qcow2"
KERNEL = "vmlinux"
INITRD = "initrd"
LABEL = "vipprov-root"
# Each machine's own disk is written; what all of them share is not.
READ_ONLY = 0o444


def commands(recipe: DiskRecipe, *, tree: Path, folder: Path) -> tuple[tuple[str, ...], ...]:
    """Return the commands that put the tree into a file system, and that into a sparse qcow2.

    The qcow2 is not compressed: every boot reads it.
    """
    raw, disk = str(folder / RAW), str(folder / DISK)
    options = ("-L", LABEL, "-m", "0", "-b", "4096", "-E", "root_owner=0:0,lazy_itable_init=0")
    size = f"{recipe.size // 1024}k"
    return (
        ("mke2fs", "-q", "-t", "ext4", *options, "-d", str(tree), raw, size),
        ("qemu-img", "convert", "-f", "raw", "-O", "qcow2", raw, disk),
    )


def check_programs(*, log: Path, by: Deadline, program: Run) -> None:
    """Raise HypervisorError if a program is missing, before a build has spent a minute."""
    for argv in (("mke2fs", "-V"), ("qemu-img", "--version")):
        program(argv, log=log, on_line=_silent, by=by)


def make(
    recipe: DiskRecipe, tree: Path, folder: Path, *, log: Path, by: Deadline, program: Run
) -> DiskRecord:
    """Make the disk, the kernel and the initrd in the folder, and return what they are."""
    _boot_files(recipe, tree, folder)
    for argv in commands(recipe, tree=tree, folder=folder):
        code = program(argv, log=log, on_line=_silent, by=by)
        if code != 0:
            raise trouble.explained(recipe.name, argv[0], code, log)
    (folder / RAW).unlink()
    for name in (DISK, KERNEL, INITRD):
        (folder / name).chmod(READ_ONLY)
    return DiskRecord(
        path=DISK, size=recipe.size, kernel=KERNEL, initrd=INITRD, cmdline=recipe.cmdline
    )


def _boot_files(recipe: DiskRecipe, tree: Path, folder: Path) -> None:
    releases = sorted(path.name for path in (tree / initrd.MODULES).iterdir())
    if len(releases) != 1:
        raise HypervisorError(
            f"The tree of {recipe.name} has {len(releases)} kernels.", details=", ".join(releases)
        )
    (release,) = releases
    packed = (tree / "boot" / f"vmlinuz-{release}").read_bytes()
    (folder / KERNEL).write_bytes(kernel.uncompressed(packed))
    (folder / INITRD).write_bytes(initrd.build(tree, release, recipe.drivers))


def _silent(line: str) -> None:
    """Leave the line to the log."""
