"""The head of a qcow2 file: its size for a guest, and the file that it lies over."""

import os
import struct
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from vipprov.guest.errors import SpecError

MAGIC = b"QFI\xfb"
# Magic, version, where the backing file's name is, how long it is, cluster bits, size.
HEAD = struct.Struct(">4sIQIIQ")
VERSIONS = (2, 3)
FEATURES_AT, EXTERNAL_DATA = 72, 1 << 2
LONGEST_NAME = 1023
DEEPEST = 16


@dataclass(frozen=True, slots=True, kw_only=True)
class Head:
    """What a qcow2 file says of itself. `external` means that its data are in another file."""

    size: int
    backing: Path | None = None
    external: bool = False


def read(path: Path) -> Head | None:
    """Return the head of the file, or None for one that is no qcow2."""
    with path.open("rb") as file:
        begin = file.read(HEAD.size)
        if len(begin) < HEAD.size:
            return None
        magic, version, name_at, name_length, _, size = HEAD.unpack(begin)
        if magic != MAGIC or version not in VERSIONS or name_length > LONGEST_NAME:
            return None
        if name_at + name_length > file.seek(0, os.SEEK_END):
            return None
        file.seek(FEATURES_AT)
        (features,) = struct.unpack(">Q", file.read(8).rjust(8, b"\0"))
        file.seek(name_at)
        # QEMU takes it as C does: it ends at the first null byte.
        name = file.read(name_length).split(b"\0")[0].decode(errors="surrogateescape")
    return Head(
        size=size,
        backing=path.parent / name if name_at and name else None,
        external=version > VERSIONS[0] and bool(features & EXTERNAL_DATA),
    )


def whole(path: Path, *, called: str, hint: str) -> Head:
    """Return the head of a disk that is all in this file, or raise SpecError.

    Machines that are made from it get this file and no other: what is below it reads as zeros.
    What a foreign disk refers to could be any file of this machine, for a guest to read.
    """
    head = read(path)
    if head is None:
        raise SpecError(f"{called} is no qcow2 disk.", hint=hint)
    if head.backing is not None or head.external:
        raise SpecError(f"{called} is a disk that refers to another file.", hint=hint)
    return head


def chain(path: Path) -> Iterator[Path]:
    """Yield the files below this one, as far as they can be read."""
    for _ in range(DEEPEST):
        try:
            head = read(path)
        except OSError:
            return
        if head is None or head.backing is None:
            return
        path = head.backing
        yield path
