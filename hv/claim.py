"""Claims: one run at a time works on a pair, and a run that was killed blocks nobody for long."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Protocol

from vipprov.guest.errors import HeldError


@dataclass(frozen=True, slots=True, kw_only=True)
class Holder:
    """Who holds a claim: a process on a host, known by its boot and the process's start time."""

    host: str
    boot: str
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
        """Give up the claim of this holder; quiet where it is not held by them."""
        ...


def myself(seconds: float, *, host: str, process: int, proc: Path = Path("/proc")) -> Holder:
    """Return this process as a holder whose claim expires after so many seconds."""
    return Holder(
        host=host,
        boot=_boot(proc),
        process=process,
        started=_started(process, proc) or "",
        expires=datetime.now(UTC) + timedelta(seconds=seconds),
    )


def is_over(holder: Holder, *, proc: Path = Path("/proc")) -> bool:
    """Say whether nobody stands behind the claim any more: expired, or its process is gone."""
    if holder.expires < datetime.now(UTC):
        return True
    return holder.boot == _boot(proc) and _started(holder.process, proc) != holder.started


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
    try:
        yield
    finally:
        claims.drop(pair, holder)


def _boot(proc: Path) -> str:
    try:
        return (proc / "sys/kernel/random/boot_id").read_text().strip()
    except OSError:
        return ""


def _started(process: int, proc: Path) -> str | None:
    """Return the start time of a process in clock ticks since boot, None when it is gone."""
    try:
        # proc(5): field 22 of stat; the second one, the name, may hold spaces and parentheses.
        return (proc / str(process) / "stat").read_text().rpartition(")")[2].split()[19]
    except OSError:
        return None
