"""The images of this machine: found by name, listed, removed.

An image is a folder `NAME-DIGEST/` with the tree, or `NAME-disk-DIGEST/` with the disk, and its
record. Of several with one name and form the one that was last made, or confirmed, counts.
"""

import hashlib
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import assert_never

from vipprov.guest.errors import HeldError, MissingError
from vipprov.hv import storage
from vipprov.hv.images import catalogue, image, qcow2, usage
from vipprov.hv.images.disk import Disk
from vipprov.hv.images.image import Form, Image

OS_RELEASE = "etc/os-release"
# What a change to a tree's packages or to its configuration touches.
WITNESSES = (OS_RELEASE, "etc", "var/lib/dpkg/status", "usr/bin", "usr/sbin")
DIGITS = 12


def find(name: str, form: Form = Form.TREE) -> Image | None:
    """Return the image of this name or path; None when its name is known but it is not there.

    An image that an older recipe made is not found: the recipe says what a guest can rely on.
    """
    if "/" in name:
        return _of_form(at(Path(name)), form)
    stored = [found for found in every() if found.name == name and found.form is form]
    if name in catalogue.names(form):
        wanted = catalogue.recipe(name, form).digest
        stored = [found for found in stored if found.recipe == wanted]
    elif not stored:
        catalogue.check(name, form)
    return max(stored, key=_confirmed, default=None)


def at(path: Path) -> Image:
    """Return the tree or the qcow2 at a path as an image, or raise MissingError or SpecError."""
    stored = image.read(path)
    if stored is not None:
        return stored
    if path.is_file():
        return _foreign_disk(path.resolve())
    if not os.access(path / OS_RELEASE, os.R_OK):
        raise MissingError(
            f"There is no system tree and no disk at {path}.",
            details=f"{path / OS_RELEASE} cannot be read.",
            hint="Name a folder with a whole system, a qcow2 file, or one of "
            f"{', '.join(catalogue.names(Form.TREE))}.",
        )
    tree = path.resolve()
    return Image(name=str(tree), digest=_witnessed(tree, WITNESSES), path=tree)


def every() -> tuple[Image, ...]:
    """Return all whole images, oldest recipes included, by folder name."""
    return tuple(_stored())


def folder_name(name: str, form: Form, digest: str) -> str:
    """Return the name of the folder for an image of this content."""
    match form:
        case Form.TREE:
            return f"{name}-{digest[:DIGITS]}"
        case Form.DISK:
            return f"{name}-disk-{digest[:DIGITS]}"
        case _:
            assert_never(form)


def demand(name: str, form: Form | None = None) -> tuple[Image, ...]:
    """Return all images of this name, or of one form of it; MissingError where there is none."""
    found = tuple(one for one in every() if one.name == name and form in (None, one.form))
    if not found:
        raise MissingError(f"There is no image called {name!r}.", hint="See vipprov image list.")
    return found


def remove(
    name: str, form: Form | None = None, *, definitions: Path = usage.DEFINITIONS
) -> tuple[Image, ...]:
    """Remove all images of this name, or of one form of it; none if a machine uses one."""
    gone = demand(name, form)
    users = usage.users((found.path for found in gone), definitions=definitions)
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
    with storage.writing(folder):
        folder.mkdir(parents=True, exist_ok=True)
        yield


def _stored() -> Iterator[Image]:
    folder = storage.images()
    if not folder.is_dir():
        return
    for path in sorted(folder.iterdir()):
        found = image.read(path) if not path.name.startswith(".") else None
        if found is not None:
            yield found


def _of_form(found: Image, form: Form) -> Image:
    if found.form is not form:
        raise MissingError(
            f"{found.path} is a {found.form.value}, and {form.machines} are made from a "
            f"{form.value}.",
        )
    return found


def _confirmed(found: Image) -> int:
    return (found.path.parent / image.RECORD).stat().st_mtime_ns


def _foreign_disk(path: Path) -> Image:
    cure = f"qemu-img convert -O qcow2 {path} disk.qcow2"
    head = qcow2.whole(path, called=str(path), hint=cure)
    disk = Disk(path=path, size=head.size)
    return Image(name=str(path), digest=_witnessed(path, (".",)), path=path, disk=disk)


def _witnessed(root: Path, witnesses: tuple[str, ...]) -> str:
    """Return a digest that follows changes without reading everything."""
    digest = hashlib.sha256(str(root).encode())
    for witness in witnesses:
        path = root / witness
        if path.exists():
            seen = path.stat()
            digest.update(f"{witness} {seen.st_mtime_ns} {seen.st_size}\n".encode())
    return digest.hexdigest()
