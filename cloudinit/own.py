"""The user's own cloud-config file."""

import hashlib
import os
import reprlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from vipprov.cloudinit import allowlist, marks, textfile
from vipprov.cloudinit.marks import Mistake, Place
from vipprov.guest.errors import SpecError

HEADER = "#cloud-config"
LARGEST = 256 * 1024
CURE = "`cloud_config` in the pair file names it; the folder of that file is where its path begins."


@dataclass(frozen=True, slots=True, kw_only=True)
class CloudConfig:
    """A cloud-config that was read and found sound. It may hold secrets: keep it out of sight."""

    path: Path
    tree: Mapping[str, object]
    places: Mapping[marks.Path, Place]
    digest: str

    def __repr__(self) -> str:
        return f"CloudConfig({str(self.path)!r}, …)"

    def mistake(self, path: marks.Path, text: str) -> Mistake:
        """Return a mistake at the nearest place that we know of."""
        while path not in self.places and path:
            path = path[:-1]
        return Mistake(self.places.get(path, Place(1, 1)), text)


def load(path: Path) -> CloudConfig:
    """Return the user's cloud-config, or say all that is wrong with the file at once."""
    raw = textfile.read(path, largest=LARGEST, check=_anyone_may_read_it, hint=CURE)
    text = textfile.text(raw, str(path))
    if text.partition("\n")[0].rstrip() != HEADER:
        raise refusal(
            path,
            [Mistake(Place(1, 1), f"A cloud-config begins with the line {HEADER}.")],
            hint="Scripts, templates and multi-part archives cannot be merged with our documents.",
        )
    marked = marks.parse(text)
    if marked.mistakes:
        raise refusal(path, marked.mistakes)
    if not isinstance(marked.value, dict):
        mapping = Mistake(Place(1, 1), "A cloud-config is a mapping of keys to values.")
        raise refusal(path, [mapping])
    digest = hashlib.sha256(raw).hexdigest()
    config = CloudConfig(path=path, tree=marked.value, places=marked.places, digest=digest)
    _refuse_unknown_keys(config)
    return config


def refusal(path: Path, mistakes: Sequence[Mistake], *, hint: str = "") -> SpecError:
    """Return the error that names all mistakes of this file, in their order."""
    lines = [
        f"{path}:{mistake.place.line}:{mistake.place.column}: {mistake.text}"
        for mistake in sorted(mistakes, key=lambda mistake: mistake.place)
    ]
    count = "1 mistake" if len(lines) == 1 else f"{len(lines)} mistakes"
    return SpecError(f"{count} in {path}.", details="\n".join(lines), hint=hint)


def _anyone_may_read_it(status: os.stat_result) -> None:
    """Accept any mode: what others may read is the user's own choice here."""


def _refuse_unknown_keys(config: CloudConfig) -> None:
    unknown = [
        config.mistake(
            (key,), f"{reprlib.repr(key)} is no key of cloud-config.{allowlist.suggestion(key)}"
        )
        for key in config.tree
        if not allowlist.known(key)
    ]
    if unknown:
        raise refusal(config.path, unknown)
