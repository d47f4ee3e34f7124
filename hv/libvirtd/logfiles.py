"""Copies of what machines have logged."""

import shutil
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from vipprov.guest.errors import DeadlineError, GuestError, MissingError
from vipprov.hv.machine import Completed

UNSAVED = "unsaved.txt"


def copy(source: Path, target: Path) -> None:
    """Copy a file or a folder; quiet where there is none."""
    # The guest's root could have put a link there that leads to a file of the host.
    if source.is_symlink():
        return
    if source.is_dir():
        shutil.copytree(source, target, symlinks=True, dirs_exist_ok=True)
    elif source.is_file():
        shutil.copy(source, target)


def ask(
    run: Callable[[Sequence[str]], Completed],
    commands: Mapping[str, Sequence[str]],
    folder: Path,
) -> None:
    """Save what commands in a guest print, by the file's name; why not, where it cannot be had."""
    try:
        for log, command in commands.items():
            (folder / log).write_bytes(run(command).stdout)
    except (GuestError, DeadlineError, MissingError) as error:
        (folder / UNSAVED).write_text(f"{error}\n{error.details}\n")
