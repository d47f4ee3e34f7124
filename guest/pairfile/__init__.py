"""The pair file: YAML that a person writes, made into the values of `vipprov.guest.pair`.

Whatever a file holds, `load` returns a Pair that can work or raises one SpecError that lists all
mistakes, each with its line and column and with what to write instead.
"""

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:  # pydantic and yaml cost 0.2 s, which those who read no file need not pay
    from vipprov.guest.pair import Pair
    from vipprov.guest.pairfile.reading import Reading

__all__ = ["load", "parse", "read", "schema"]


def load(path: Path) -> "Pair":
    """Return the pair that this file describes, or say all that is wrong with it."""
    from vipprov.guest.pairfile import source  # noqa: PLC0415  see above

    return parse(source.read(path), path=path)


def parse(data: bytes, *, path: Path) -> "Pair":
    """Return the pair that these bytes describe; relative names in them are relative to `path`."""
    return read(data, path=path).pair


def read(data: bytes, *, path: Path) -> "Reading":
    """Return the same pair, with the text that it can be read from again."""
    from vipprov.guest.pairfile.reading import reading  # noqa: PLC0415  see above

    return reading(data, path=path)


def schema() -> dict[str, object]:
    """Return the JSON Schema (draft 2020-12) of the file, for editors."""
    from vipprov.guest.pairfile.jsonschema import document  # noqa: PLC0415  pydantic: 0.15 s

    return document()
