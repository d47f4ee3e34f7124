"""A report that somebody wants in a file of its own."""

from pathlib import Path

from vipprov.guest.errors import SpecError


def write(path: Path, text: str) -> None:
    """Write the report, or say why it cannot be written."""
    try:
        path.write_text(text, encoding="utf-8")
    except OSError as error:
        raise SpecError(
            f"Could not write {path}.", details=str(error), hint="Name another file."
        ) from error
