"""What the caller asks for: a pair, as its file tells it."""

from dataclasses import dataclass
from pathlib import Path

from vipprov.guest import pairfile
from vipprov.guest.pair import Pair
from vipprov.guest.pairfile import source


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """A pair, and the keys and values of its file as text, which goes into the marks."""

    pair: Pair
    text: str
    origin: Path


def read(path: Path) -> Request:
    """Read a pair file, or say all that is wrong with it."""
    reading = pairfile.read(source.read(path), path=path)
    return Request(pair=reading.pair, text=reading.text, origin=path.absolute())
