"""Copies of what machines have logged."""

import glob
import shutil
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from vipprov.guest.errors import DeadlineError, GuestError, HypervisorError, MissingError
from vipprov.hv.machine import Completed

UNSAVED = "unsaved.txt"
# What a user's own commands printed may be a secret.
PRIVATE = 0o600


def copy(source: Path, target: Path) -> None:
    """Copy a file or a folder, for its owner's eyes alone; quiet where there is none."""
    # The guest's root could have put a link there that leads to a file of the host.
    if source.is_symlink():
        return
    if source.is_dir():
        shutil.copytree(
            source, target, symlinks=True, dirs_exist_ok=True, copy_function=_copy_private
        )
    elif source.is_file():
        _copy_private(source, target)


def ask(
    run: Callable[[Sequence[str]], Completed],
    commands: Mapping[str, Sequence[str]],
    folder: Path,
) -> None:
    """Save what commands in a guest print, by the file's name; why not, where it cannot be had."""
    unsaved = []
    for log, command in commands.items():
        try:
            _write_private(folder / log, run(command).stdout)
        except (GuestError, DeadlineError, HypervisorError, MissingError) as error:
            unsaved.append(f"{log}: {error}\n{error.details}\n")
    if unsaved:
        _write_private(folder / UNSAVED, "".join(unsaved).encode())


def remove(folder: Path, name: str) -> None:
    """Remove what libvirt logged of a domain, its older files too; quiet where there is none."""
    for path in (folder / f"{name}.log", *folder.glob(f"{glob.escape(name)}.log.*")):
        path.unlink(missing_ok=True)


def _copy_private(source: str | Path, target: str | Path) -> str:
    target = Path(target)
    target.touch(mode=PRIVATE)
    target.chmod(PRIVATE)
    return str(shutil.copyfile(source, target))


def _write_private(path: Path, content: bytes) -> None:
    path.touch(mode=PRIVATE)
    path.chmod(PRIVATE)
    path.write_bytes(content)
