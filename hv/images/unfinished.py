"""Downloads that were cut short: kept for the next pull of their address, listed, and removed."""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from vipprov.guest.deadline import Deadline
from vipprov.hv import storage
from vipprov.hv.images import download, store, workshop
from vipprov.hv.images.program import Report

FOLDER = ".downloads"
KEPT = timedelta(days=7)


@dataclass(frozen=True, slots=True, kw_only=True)
class Unfinished:
    """What came of one download, in bytes, and when the last of it came."""

    path: Path
    size: int
    changed: datetime


def part(url: str) -> Path:
    """Return where what comes from this address is kept until it is whole."""
    folder = _folder()
    folder.mkdir(exist_ok=True)
    return folder / f"{hashlib.sha256(url.encode()).hexdigest()[:32]}.part"


def every() -> tuple[Unfinished, ...]:
    """Return all that were cut short, those that are under way included."""
    return tuple(_found())


def remove_old(*, but: Path) -> None:
    """Remove what nobody has gone on with for a week, except for this one; nobody else pulls."""
    oldest = datetime.now(tz=UTC) - KEPT
    for found in every():
        if found.path != but and found.changed < oldest:
            download.forget(found.path)


def remove_all(*, report: Report, by: Deadline) -> tuple[Path, ...]:
    """Remove all of them once nobody pulls, and return where they were."""
    with store.writable(), workshop.alone(storage.images(), report, by):
        gone = tuple(found.path for found in every())
        for path in gone:
            download.forget(path)
    return gone


def _folder() -> Path:
    return storage.images() / FOLDER


def _found() -> Iterator[Unfinished]:
    for path in sorted(_folder().glob("*.part")):
        try:
            status = path.stat()
        except FileNotFoundError:  # whole a moment ago
            continue
        changed = datetime.fromtimestamp(status.st_mtime, tz=UTC)
        yield Unfinished(path=path, size=status.st_size, changed=changed)
