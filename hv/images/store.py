"""The images of this machine: found by name, listed, removed.

An image is a folder `NAME-DIGEST/` with the tree and its record. Of several with one name the one
that was last built, or confirmed by a build, counts.
"""

import errno
import hashlib
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from vipprov.guest.errors import HeldError, HypervisorError, MissingError
from vipprov.hv import storage
from vipprov.hv.images import catalogue, image, usage
from vipprov.hv.images.image import Image

FULL = (errno.ENOSPC, errno.EDQUOT)
OS_RELEASE = "etc/os-release"
# What a change to a tree's packages or to its configuration touches.
WITNESSES = (OS_RELEASE, "etc", "var/lib/dpkg/status", "usr/bin", "usr/sbin")


def find(name: str) -> Image | None:
    """Return the image of this name or path; None when its name is known but it is not built.

    An image that an older recipe made is not found: the recipe says what a guest can rely on.
    """
    if "/" in name:
        return at(Path(name))
    wanted = catalogue.recipe(name).digest
    built = [found for found in every() if found.name == name and found.recipe == wanted]
    return max(built, key=_confirmed, default=None)


def at(path: Path) -> Image:
    """Return the tree at a path as an image, or raise MissingError."""
    stored = image.read(path)
    if stored is not None:
        return stored
    if not os.access(path / OS_RELEASE, os.R_OK):
        raise MissingError(
            f"There is no system tree at {path}.",
            details=f"{path / OS_RELEASE} cannot be read.",
            hint=f"Name a folder with a whole system, or one of {', '.join(catalogue.names())}.",
        )
    tree = path.resolve()
    return Image(name=str(tree), digest=_witnessed(tree), path=tree)


def every() -> tuple[Image, ...]:
    """Return all whole images, oldest recipes included, by folder name."""
    return tuple(_stored())


def remove(name: str, *, definitions: Path = usage.DEFINITIONS) -> tuple[Image, ...]:
    """Remove all images of this name from the store and return them; none if one is in use."""
    gone = tuple(found for found in every() if found.name == name)
    if not gone:
        raise MissingError(f"There is no image called {name!r}.", hint="See vipprov image list.")
    users = [user for found in gone for user in usage.users(found.path, definitions=definitions)]
    if users:
        raise HeldError(
            f"The image {name} is in use.",
            details=f"Made from it: {', '.join(users)}.",
            hint="Destroy these machines first.",
        )
    with writable():
        for found in gone:
            # Without its record the folder is no image any more, should the removal be cut short.
            (found.path.parent / image.RECORD).unlink()
            shutil.rmtree(found.path.parent)
    return gone


@contextmanager
def writable() -> Iterator[None]:
    """Make the store where it is not there, and say in our words when it or the disk refuses."""
    folder = storage.images()
    try:
        folder.mkdir(parents=True, exist_ok=True)
        yield
    except OSError as error:
        cure = "Free some space there" if error.errno in FULL else "Run it as root"
        raise HypervisorError(
            f"Could not write below {folder}.",
            details=str(error),
            hint=f"{cure}, or set {storage.VARIABLE} to another folder.",
        ) from error


def _stored() -> Iterator[Image]:
    folder = storage.images()
    if not folder.is_dir():
        return
    for path in sorted(folder.iterdir()):
        found = image.read(path) if not path.name.startswith(".") else None
        if found is not None:
            yield found


def _confirmed(found: Image) -> int:
    return (found.path.parent / image.RECORD).stat().st_mtime_ns


def _witnessed(tree: Path) -> str:
    """Return a digest that follows a tree's changes without reading all of it."""
    digest = hashlib.sha256(str(tree).encode())
    for witness in WITNESSES:
        path = tree / witness
        if path.exists():
            seen = path.stat()
            digest.update(f"{witness} {seen.st_mtime_ns} {seen.st_size}\n".encode())
    return digest.hexdigest()
