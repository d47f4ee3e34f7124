"""Copies of what machines have logged."""

import shutil
from pathlib import Path


def copy(source: Path, target: Path) -> None:
    """Copy a file or a folder; quiet where there is none."""
    # The guest's root could have put a link there that leads to a file of the host.
    if source.is_symlink():
        return
    if source.is_dir():
        shutil.copytree(source, target, symlinks=True, dirs_exist_ok=True)
    elif source.is_file():
        shutil.copy(source, target)
