"""A report that somebody wants in a file of its own."""

import os
from pathlib import Path

from vipprov.guest.errors import SpecError


def demand_writable(*paths: Path | None) -> None:
    """Raise SpecError for a file that could not be written: before the work, which may be long."""
    for path in filter(None, paths):
        folder = path.parent
        if path.is_dir():
            raise _refused(path, "It is a folder.")
        if not folder.is_dir():
            raise _refused(path, f"There is no folder {folder}.")
        if not os.access(path if path.exists() else folder, os.W_OK):
            raise _refused(path, "Permission denied.")


def write(path: Path, text: str) -> None:
    """Write the report, or say why it cannot be written."""
    try:
        path.write_text(text, encoding="utf-8")
    except OSError as error:
        raise _refused(path, str(error)) from error


def _refused(path: Path, why: str) -> SpecError:
    return SpecError(f"Could not write {path}.", details=why, hint="Name another file.")
