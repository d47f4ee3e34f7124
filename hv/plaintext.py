"""What a machine wrote for a terminal, as text that no terminal acts on."""

import re

# Colours, cursor movements, and what else a terminal would have carried out.
ESCAPES = re.compile(r"\x1b(\[[0-?]*[ -/]*[@-~]|[ -/]*[0-~])|[\x00-\x08\x0b-\x1f\x7f]")


def plain(text: str) -> str:
    """Return the text without escape sequences and control characters."""
    return ESCAPES.sub("", text)


def last_lines(text: str, count: int) -> str:
    """Return the last lines that say anything, as plain text."""
    lines = (plain(line).rstrip() for line in text.split("\n"))
    return "\n".join([line for line in lines if line][-count:])
