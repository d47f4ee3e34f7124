"""Keepalived's journal: when a guest became MASTER, as systemd wrote it down. Pure."""

import re
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta
from itertools import pairwise

COMMAND = (
    *("journalctl", "--no-pager", "--quiet", "--unit=keepalived.service"),
    *("--output=short-unix", "--lines=4000"),
)
_ENTRY = re.compile(r"^(\d+\.\d+) .*: \((\S+)\) Entering MASTER STATE", re.MULTILINE)

# A fault is noted before it strikes, and a backup takes its time to miss the master.
_BEFORE, _AFTER = timedelta(seconds=15), timedelta(seconds=1)


def masters(text: str, *, instance: str) -> tuple[datetime, ...]:
    """Return when the guest became MASTER of this instance."""
    return tuple(
        datetime.fromtimestamp(float(at), UTC)
        for at, name in _ENTRY.findall(text)
        if name == instance
    )


def moves(entries: Mapping[str, Iterable[datetime]]) -> tuple[datetime, ...]:
    """Return when the virtual MAC moved: each time another guest became MASTER than the last."""
    told = sorted((at, guest) for guest, moments in entries.items() for at in moments)
    return tuple(at for (_, before), (at, after) in pairwise(told) if before != after)


def merged(noted: Iterable[datetime], told: Iterable[datetime]) -> tuple[datetime, ...]:
    """Return all moves: those that we noted, and those of the journals that are none of them."""
    free = sorted(noted)
    found = list(free)
    for moment in sorted(told):
        ours = next((one for one in free if -_AFTER <= moment - one <= _BEFORE), None)
        if ours is None:
            found.append(moment)
        else:
            free.remove(ours)
    return tuple(sorted(found))
