"""What a virtual machine said on its serial console."""

import os
import re
from pathlib import Path

LINES = 10
TAIL = 8192
# Colours, cursor movements, and what else a terminal would have carried out.
ESCAPES = re.compile(r"\x1b(\[[0-?]*[ -/]*[@-~]|[ -/]*[0-~])|[\x00-\x08\x0b-\x1f\x7f]")


def last_lines(log: Path, count: int = LINES) -> str:
    """Return the last lines of a console's log as plain text; a sentence where there is none."""
    try:
        with log.open("rb") as file:
            file.seek(max(0, os.fstat(file.fileno()).st_size - TAIL))
            text = file.read().decode(errors="replace")
    except OSError:
        return "There is no console log."
    lines = (ESCAPES.sub("", line).rstrip() for line in text.split("\n"))
    said = [line for line in lines if line][-count:]
    return "\n".join(["The console's last words:", *said]) if said else "The console was silent."
