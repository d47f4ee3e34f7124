"""Checksums: a file's expected content in one line, and the files that makers publish them in."""

import hashlib
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from vipprov.guest.errors import MissingError, SpecError

# Hex digits of each algorithm. Shorter ones (MD5, SHA-1) can be forged, so they prove nothing.
ALGORITHMS = {64: "sha256", 128: "sha512"}
GNU = re.compile(r"(?P<value>[0-9a-fA-F]+) [ *](?P<name>.+)")
BSD = re.compile(r"(?P<algorithm>[A-Z0-9-]+) \((?P<name>.+)\) = (?P<value>[0-9a-fA-F]+)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Checksum:
    """What a file's content hashes to."""

    algorithm: str
    value: str

    @classmethod
    def parse(cls, text: str) -> Self:
        """Return the checksum that is written so: hex digits, with or without `sha256:` before."""
        algorithm, _, value = text.strip().lower().rpartition(":")
        known = ALGORITHMS.get(len(value))
        if known is None or algorithm not in ("", known) or not re.fullmatch("[0-9a-f]+", value):
            raise SpecError(
                f"{text!r} is no checksum.", hint="Write sha256: or sha512: and its hex digits."
            )
        return cls(algorithm=known, value=value)

    @classmethod
    def of(cls, path: Path, algorithm: str) -> Self:
        """Return the checksum of the file as it is."""
        with path.open("rb") as file:
            return cls(algorithm=algorithm, value=hashlib.file_digest(file, algorithm).hexdigest())

    def __str__(self) -> str:
        return f"{self.algorithm}:{self.value}"


def find(text: str, name: str, *, origin: str) -> Checksum:
    """Return the checksum of the file of this name, in the notation of GNU or of BSD."""
    for line in text.splitlines():
        match = GNU.fullmatch(line.rstrip()) or BSD.fullmatch(line.rstrip())
        # Some makers write the path below which the file is.
        if match and Path(match["name"]).name == name and len(match["value"]) in ALGORITHMS:
            return Checksum.parse(match["value"])
    raise MissingError(
        f"{origin} has no SHA-256 or SHA-512 checksum of {name}.",
        hint="Its maker may have renamed the image; name its address and --checksum yourself.",
    )
