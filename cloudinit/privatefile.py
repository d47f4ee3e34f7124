"""Files that hold secrets: complete or not there, and readable by their owner alone."""

import os
from pathlib import Path

from vipprov.guest.errors import HypervisorError


def write(path: Path, content: bytes) -> None:
    """Put the content at the path in one motion, with mode 0600."""
    # The name is fixed so that a run that follows a killed one leaves nothing behind.
    part = path.with_name(f".{path.name}.part")
    try:
        _fill(part, content)
        part.replace(path)
    except OSError as error:
        part.unlink(missing_ok=True)
        raise HypervisorError(f"Could not write {path}: {error.strerror}.") from error


def make_folder(folder: Path) -> None:
    """Make the folder with mode 0700; parents that are missing are open to read, as in any tree."""
    if folder.is_symlink():
        raise HypervisorError(
            f"{folder} is a symbolic link.",
            details="Following it could overwrite a file elsewhere on this machine.",
            hint="Remove the link, or the guest's tree that it lies in.",
        )
    try:
        _make_parents(folder.parent)
        folder.mkdir(mode=0o700, exist_ok=True)
        folder.chmod(0o700)
    except OSError as error:
        raise HypervisorError(f"Could not make {folder}: {error.strerror}.") from error


def _make_parents(folder: Path) -> None:
    missing = [parent for parent in (folder, *folder.parents) if not parent.exists()]
    for parent in reversed(missing):
        parent.mkdir(exist_ok=True)
        # In the upper layer of an overlay these modes are what the guest sees, whatever our umask.
        parent.chmod(0o755)


def _fill(part: Path, content: bytes) -> None:
    part.unlink(missing_ok=True)
    descriptor = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)
