"""Where vipprov keeps what is too big for a mark: images and the machines' own files."""

import os
from pathlib import Path

DEFAULT = Path("/var/lib/vipprov")
VARIABLE = "VIPPROV_STATE"


def root() -> Path:
    """Return the folder that everything else lies under; VIPPROV_STATE moves it."""
    return Path(os.environ.get(VARIABLE) or DEFAULT)


def images() -> Path:
    """Return the folder of the images."""
    return root() / "images"


def machines() -> Path:
    """Return the folder that has one folder for each machine."""
    return root() / "machines"
