"""The seed as a folder: for guests whose file tree we hold, such as containers."""

from pathlib import Path

from vipprov.cloudinit import privatefile
from vipprov.cloudinit.seed import Seed


def write(seed: Seed, folder: Path) -> None:
    """Make the folder hold exactly these documents, 0700 and 0600; may be repeated."""
    privatefile.make_folder(folder)
    for name, content in seed.files():
        privatefile.write(folder / name, content.encode())
