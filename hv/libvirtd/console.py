"""What a virtual machine said on its serial console."""

import os
from pathlib import Path

from vipprov.guest.errors import GuestError
from vipprov.hv import plaintext
from vipprov.hv.machine import Said

LINES = 10
TAIL = 8192


def read(log: Path, *, after: int) -> Said:
    """Return what a console's log holds after so many bytes; all of it where it has begun anew."""
    try:
        with log.open("rb") as file:
            size = os.fstat(file.fileno()).st_size
            file.seek(after if after <= size else 0)
            text = file.read()
            return Said(text=text, end=file.tell())
    except FileNotFoundError:
        raise GuestError(
            f"There is no console log at {log}.", hint="The machine has not been started yet."
        ) from None


def last_lines(log: Path, count: int = LINES) -> str:
    """Return the last lines of a console's log as plain text; a sentence where there is none."""
    try:
        with log.open("rb") as file:
            file.seek(max(0, os.fstat(file.fileno()).st_size - TAIL))
            text = file.read().decode(errors="replace")
    except OSError:
        return "There is no console log."
    said = plaintext.last_lines(text, count)
    return f"The console's last words:\n{said}" if said else "The console was silent."
