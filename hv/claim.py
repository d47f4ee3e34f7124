"""Claims: one run at a time works on a pair, and a run that was killed blocks nobody for long."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Protocol
from uuid import uuid4

from vipprov.guest import undo
from vipprov.guest.errors import HeldError


@dataclass(frozen=True, slots=True, kw_only=True)
class Holder:
    """Who holds a claim: a process on a host, known by its start time.

    Its number means something on one boot of one kernel only, and there in one namespace of
    processes. `id` is the UUID of this claim and of no other, were it of the same process.
    """

    id: str
    host: str
    boot: str
    namespace: str
    process: int
    started: str
    expires: datetime

    def __str__(self) -> str:
        return f"process {self.process} on {self.host}, until {self.expires:%H:%M:%S} UTC"


class Claims(Protocol):
    """Claims on the hypervisor itself, so that runs on several machines see one another."""

    def take(self, pair: str, holder: Holder) -> Holder | None:
        """Take the claim and return None, or return who holds it. Atomic."""
        ...

    def drop(self, pair: str, holder: Holder) -> None:
        """Give up the very claim of this holder; quiet where that is not held any more."""
        ...


def myself(seconds: float, *, host: str, process: int, proc: Path = Path("/proc")) -> Holder:
    """Return this process as a holder whose claim expires after so many seconds."""
    return Holder(
        id=str(uuid4()),
        host=host,
        boot=_boot(proc),
        namespace=_namespace(proc),
        process=process,
        started=_started(process, proc) or "",
        expires=datetime.now(UTC) + timedelta(seconds=seconds),
    )


def is_over(holder: Holder, *, proc: Path = Path("/proc")) -> bool:
    """Say whether nobody stands behind the claim any more.

    Where we can look for its process, that alone counts: one that is merely slow still works on the
    pair. Where we cannot, from another host or another container, we wait until it has expired.
    """
    ours = (_boot(proc), _namespace(proc))
    if "" not in ours and (holder.boot, holder.namespace) == ours:
        return _started(holder.process, proc) != holder.started
    return holder.expires < datetime.now(UTC)


@contextmanager
def held(claims: Claims, pair: str, holder: Holder) -> Iterator[None]:
    """Hold the claim on a pair for as long as the block lasts, or raise HeldError."""
    for last in (False, False, True):
        if (other := claims.take(pair, holder)) is None:
            break
        if last or not is_over(other):
            raise HeldError(
                f"Another run works on {pair}: {other}.",
                hint="Wait until it is done; a run that was killed lets go by itself.",
            )
        claims.drop(pair, other)
    with undo.afterwards(f"the claim on {pair}", partial(claims.drop, pair, holder)):
        yield


def _boot(proc: Path) -> str:
    try:
        return (proc / "sys/kernel/random/boot_id").read_text().strip()
    except OSError:
        return ""


def _namespace(proc: Path) -> str:
    """Return what tells our namespace of processes from others on this boot."""
    try:
        return str((proc / "self/ns/pid").readlink())
    except OSError:
        return ""


def _started(process: int, proc: Path) -> str | None:
    """Return the start time of a process in clock ticks since boot, None when it is gone."""
    try:
        # proc(5): the second field, the name, may hold spaces and parentheses.
        state, *fields = (proc / str(process) / "stat").read_text().rpartition(")")[2].split()
    except OSError:
        return None
    # Who was killed stays in the list until its parent has taken note of it.
    return None if state in {"Z", "X"} else fields[18]
