"""The head of a qcow2 file: its size for a guest, and the file that it lies over."""

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

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
        file.seek(FEATURES_AT)
        (features,) = struct.unpack(">Q", file.read(8).rjust(8, b"\0"))
        file.seek(name_at)
        name = file.read(name_length).decode(errors="surrogateescape")
    return Head(
        size=size,
        backing=path.parent / name if name_at and name else None,
        external=version > VERSIONS[0] and bool(features & EXTERNAL_DATA),
    )


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
