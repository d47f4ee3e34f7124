"""Documents that are kept as files: UPDATE_GOLDEN=1 writes them anew, for a person to review."""

import os
from pathlib import Path

FOLDER = Path(__file__).parent / "golden" / "cloudinit"


def assert_golden(name: str, text: str) -> None:
    """Compare the text with the golden file of this name."""
    file = FOLDER / name
    if os.environ.get("UPDATE_GOLDEN") == "1":
        file.write_text(text)
    assert text == file.read_text()
