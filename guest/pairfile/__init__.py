"""The pair file: YAML that a person writes, made into the values of `vipprov.guest.pair`.

Whatever a file holds, `load` returns a Pair that can work or raises one SpecError that lists all
mistakes, each with its line and column and with what to write instead.
"""

from pathlib import Path

from vipprov.guest.pair import Pair
from vipprov.guest.pairfile import source

__all__ = ["load", "parse", "schema"]


def load(path: Path) -> Pair:
    """Return the pair that this file describes, or say all that is wrong with it."""
    return parse(source.read(path), path=path)


def parse(data: bytes, *, path: Path) -> Pair:
    """Return the pair that these bytes describe; relative names in them are relative to `path`."""
    from vipprov.guest.pairfile.reading import pair  # noqa: PLC0415  pydantic, yaml: 0.2 s

    return pair(data, path=path)


def schema() -> dict[str, object]:
    """Return the JSON Schema (draft 2020-12) of the file, for editors."""
    from vipprov.guest.pairfile.jsonschema import document  # noqa: PLC0415  pydantic: 0.15 s

    return document()
