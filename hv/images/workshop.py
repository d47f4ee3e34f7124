"""The place where images are made: one at a time, with enough room, whole or not at all."""

import fcntl
import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from vipprov.guest.deadline import Deadline
from vipprov.guest.errors import HeldError, HypervisorError
from vipprov.hv import storage
from vipprov.hv.images import image, usage
from vipprov.hv.images.image import Image, Record
from vipprov.hv.images.program import Report

LOCK = ".lock"
PARTIAL = ".building-"
# Returns how many bytes the disk of a folder has free.
Free = Callable[[Path], int]


@contextmanager
def alone(folder: Path, report: Report, by: Deadline) -> Iterator[None]:
    """Hold the store's lock; the kernel gives it back however this process ends."""
    with (folder / LOCK).open("a") as lock:
        if not _taken(lock.fileno()):
            report("waiting for another build to end")
            by.poll(lambda: _taken(lock.fileno()) or None, what="another build of an image to end")
        yield


def confirmed(home: Path) -> Image | None:
    """Return the image that is there, as the one that the store takes from now on."""
    found = image.read(home)
    if found is not None:
        (home / image.RECORD).touch()
    return found


def clear(home: Path) -> None:
    """Remove what an interrupted build or a broken record left; nobody else builds now."""
    users = usage.users((home / image.TREE, *home.glob("*.qcow2")))
    if users:
        raise HeldError(
            f"{home} has lost its record, and machines are made from it.",
            details=f"Made from it: {', '.join(users)}.",
            hint="Destroy these machines first.",
        )
    for remnant in (*home.parent.glob(f"{PARTIAL}*"), *([home] if home.exists() else [])):
        shutil.rmtree(remnant)


def bytes_free(folder: Path) -> int:
    """Return how many bytes the folder's disk has free."""
    return shutil.disk_usage(folder).free


def check_room(folder: Path, need: int, *, what: str, free: Free = bytes_free) -> None:
    """Raise HypervisorError unless the folder's disk has so many bytes free."""
    there = free(folder)
    if there < need:
        raise HypervisorError(
            f"{what} needs {need / 1e9:.1f} GB, and {folder} has {there / 1e9:.1f} GB.",
            hint=f"Free some space, or set {storage.VARIABLE} to a folder on another disk.",
        )


def keep(record: Record, partial: Path, home: Path) -> Image:
    """Put the record beside a finished image, and give both their name in one step."""
    image.write(partial, record)
    # Nothing was waited for so far, and a power cut must not leave a name over lost files.
    os.sync()
    partial.rename(home)
    return record.image(home)


def _taken(descriptor: int) -> bool:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
