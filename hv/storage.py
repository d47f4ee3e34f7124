"""Where vipprov keeps what is too big for a mark: images and the machines' own files."""

import errno
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from vipprov.guest.errors import HypervisorError

DEFAULT = Path("/var/lib/vipprov")
VARIABLE = "VIPPROV_STATE"
FULL = (errno.ENOSPC, errno.EDQUOT)


def root() -> Path:
    """Return the folder that everything else lies under; VIPPROV_STATE moves it."""
    return Path(os.environ.get(VARIABLE) or DEFAULT)


def images() -> Path:
    """Return the folder of the images."""
    return root() / "images"


def machines() -> Path:
    """Return the folder that has one folder for each machine."""
    return root() / "machines"


@contextmanager
def writing(folder: Path) -> Iterator[None]:
    """Raise our error when the disk refuses what the block writes or removes in the folder."""
    try:
        yield
    except OSError as error:
        raise HypervisorError(
            f"Could not write below {folder}.", details=str(error), hint=hint(error.errno)
        ) from error


def demand(path: Path, *, of: str) -> None:
    """Raise HypervisorError if what a machine has written into this file or folder is gone."""
    if not path.exists():
        raise HypervisorError(
            f"{of} has lost {path}: what it had written is gone.",
            hint="`vipprov vm destroy` its pair, then `vipprov vm create` makes it anew.",
        )


def hint(number: int | None) -> str:
    """Return what to do about an error of the disk."""
    cure = "Free some space there" if number in FULL else "Run it as root"
    return f"{cure}, or set {VARIABLE} to another folder."
