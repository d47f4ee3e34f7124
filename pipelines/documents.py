"""The JSON documents that commands print, and files that they read: what is in each, as a schema.

A document may get more keys in later versions, and keeps those that it has.
"""

import json
from importlib import resources

from vipprov.guest import pairfile
from vipprov.guest.errors import MissingError

PAIR = "pair"
_FOLDER = resources.files("vipprov.pipelines") / "schemas"


def names() -> tuple[str, ...]:
    """Return what there is a schema of: a command in one word, or a file."""
    files = (entry.name for entry in _FOLDER.iterdir() if entry.name.endswith(".json"))
    return tuple(sorted((PAIR, *(name.removesuffix(".json") for name in files))))


def schema(name: str) -> dict[str, object]:
    """Return the JSON Schema (draft 2020-12) of a document."""
    if name == PAIR:
        return pairfile.schema()
    if name not in names():
        raise MissingError(f"There is no document {name}.", details="\n".join(names()))
    found: dict[str, object] = json.loads((_FOLDER / f"{name}.json").read_text(encoding="utf-8"))
    return found
