"""An archive in the form that the kernel unpacks as its first root: cpio, "newc"."""

import stat
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Self

ALIGNMENT = 4
TRAILER = "TRAILER!!!"


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """A folder or a file, owned by root. Folders come before what is in them."""

    path: str
    mode: int
    content: bytes = b""

    @classmethod
    def folder(cls, path: str) -> Self:
        """Return a folder."""
        return cls(path=path, mode=stat.S_IFDIR | 0o755)

    @classmethod
    def program(cls, path: str, content: bytes) -> Self:
        """Return a file that may be executed."""
        return cls(path=path, mode=stat.S_IFREG | 0o755, content=content)

    @classmethod
    def file(cls, path: str, content: bytes) -> Self:
        """Return a file that is only read."""
        return cls(path=path, mode=stat.S_IFREG | 0o644, content=content)


def archive(entries: Iterable[Entry]) -> bytes:
    """Return the archive: the same bytes for the same entries."""
    parts = [_member(number, entry) for number, entry in enumerate(entries, start=1)]
    return b"".join([*parts, _member(0, Entry(path=TRAILER, mode=0))])


def _member(number: int, entry: Entry) -> bytes:
    name = entry.path.encode() + b"\0"
    links = 2 if stat.S_ISDIR(entry.mode) else 1
    # Inode, mode, owner, group, links, time, size, two device numbers twice, name length, checksum.
    fields = (number, entry.mode, 0, 0, links, 0, len(entry.content), 0, 0, 0, 0, len(name), 0)
    header = b"070701" + b"".join(b"%08X" % field for field in fields)
    return _aligned(header + name) + _aligned(entry.content)


def _aligned(content: bytes) -> bytes:
    return content + bytes(-len(content) % ALIGNMENT)
