"""Load: busy loops on all cores, and how busy the cores were."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from enum import Enum
from pathlib import Path

_BUSY = "while True: pass"
_IDLE, _WAITING = 3, 4


class Load(Enum):
    """How the loops compete with all else: as equals, or only for what nobody else wants."""

    FULL = "full"
    YIELDING = "yielding"


@contextmanager
def loaded(kind: Load) -> Iterator[None]:
    """Keep a loop running for every core."""
    with ExitStack() as stack:
        for _ in range(os.cpu_count() or 1):
            # The kernel may share its time between sessions first: each has one of its own.
            process = stack.enter_context(
                subprocess.Popen([sys.executable, "-c", _BUSY], start_new_session=True)
            )
            stack.callback(process.kill)
            if kind is Load.YIELDING:
                os.sched_setscheduler(process.pid, os.SCHED_IDLE, os.sched_param(0))
        yield


@dataclass(frozen=True, slots=True, kw_only=True)
class Ticks:
    """What the cores have done since the machine started, in the kernel's ticks."""

    idle: int
    total: int

    def busy_until(self, later: "Ticks") -> float:
        """Return which share of all cores' time was used until then."""
        spent = later.total - self.total
        return 1 - (later.idle - self.idle) / spent if spent else 0.0


def ticks() -> Ticks:
    """Return what the cores have done so far."""
    line = Path("/proc/stat").read_text(encoding="ascii").splitlines()[0]
    figures = [int(word) for word in line.split()[1:9]]  # the guests' time is in the users' too
    return Ticks(idle=figures[_IDLE] + figures[_WAITING], total=sum(figures))


def average() -> float:
    """Return how many tasks wanted to run, as an average of the last minute."""
    return os.getloadavg()[0]
