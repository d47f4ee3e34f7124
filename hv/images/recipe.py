"""What an image consists of, whatever form it takes on disk."""

import hashlib
import json
from dataclasses import asdict, dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class ImageFile:
    """A file that is written into the image, whole."""

    path: str
    content: str
    mode: int = 0o644


@dataclass(frozen=True, slots=True, kw_only=True)
class Recipe:
    """A distribution's packages and the files that make them a guest of ours.

    `excluded` are dpkg's path globs. Below the image's root, `removed` are globs and `links` are
    places with their targets.
    """

    name: str
    suite: str
    packages: tuple[str, ...]
    excluded: tuple[str, ...]
    files: tuple[ImageFile, ...]
    links: tuple[tuple[str, str], ...]
    folders: tuple[str, ...]
    removed: tuple[str, ...]
    enabled: tuple[str, ...]
    masked: tuple[str, ...]

    @property
    def digest(self) -> str:
        """Return the digest of all that the recipe says."""
        return hashlib.sha256(json.dumps(asdict(self), sort_keys=True).encode()).hexdigest()


@dataclass(frozen=True, slots=True, kw_only=True)
class DiskRecipe(Recipe):
    """A recipe whose tree goes onto a disk that a hypervisor starts directly.

    `drivers` are what reads the root disk; `size` is that of the file system, in bytes.
    """

    drivers: tuple[str, ...]
    cmdline: str
    size: int
