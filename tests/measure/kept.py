"""What was measured is kept: one JSON document a line, so that a run goes on where one ended."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

FOLDER = Path(".measured")


def add(name: str, document: dict[str, Any]) -> None:
    """Keep a document among those of this name."""
    FOLDER.mkdir(exist_ok=True)
    with (FOLDER / f"{name}.jsonl").open("a", encoding="utf-8") as file:
        file.write(json.dumps(document) + "\n")


def all_of(name: str) -> Iterator[dict[str, Any]]:
    """Yield the documents of this name, oldest first."""
    path = FOLDER / f"{name}.jsonl"
    if path.exists():
        # A run that was killed may have left half a line.
        yield from (
            json.loads(line)
            for line in path.read_text(encoding="utf-8").splitlines()
            if line.endswith("}")
        )


def forget(name: str) -> None:
    """Drop what is kept under this name."""
    (FOLDER / f"{name}.jsonl").unlink(missing_ok=True)
