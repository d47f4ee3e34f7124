"""What must be true in one guest: files, and what has to happen when one of them changes."""

from dataclasses import dataclass
from pathlib import PurePosixPath

PLAIN = 0o644


@dataclass(frozen=True, slots=True, kw_only=True)
class GuestFile:
    """A file that belongs to us, whole. Its mode is what `ls` shows: 0o644."""

    path: PurePosixPath
    content: str
    mode: int = PLAIN


@dataclass(frozen=True, slots=True, kw_only=True)
class Configuration:
    """All that one guest needs to play its part in the pair; the same on every hypervisor."""

    files: tuple[GuestFile, ...]
    packages: tuple[str, ...]
    enable: tuple[str, ...]
    at_every_boot: tuple[tuple[str, ...], ...]
    at_first_boot: tuple[tuple[str, ...], ...]

    def file(self, path: PurePosixPath) -> GuestFile:
        """Return the file at this path."""
        (found,) = (file for file in self.files if file.path == path)
        return found
