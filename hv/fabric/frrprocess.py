"""The daemons of an EVPN lab: found, and ended.

They are known by the lab's folder in their arguments, so that a later run finds those of an
earlier one, and never those of another lab or of the host.
"""

import os
import shutil
import signal
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from vipprov.guest.deadline import Deadline
from vipprov.guest.errors import DeadlineError
from vipprov.hv.fabric import evpnseen
from vipprov.hv.fabric.evpnspec import LEAFS, EvpnLab

# FRR keeps what it has not yet logged here, and leaves it behind when it is killed.
CRASH_LOGS = Path("/var/tmp/frr")  # noqa: S108  FRR's own folder
SNOOPER = "vipprov.hv.fabric.arpsnoop"
PROC = Path("/proc")
_GRACE = 5.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Process:
    """A daemon of a lab."""

    pid: int
    program: str
    leaf: int


def running(lab: EvpnLab) -> tuple[Process, ...]:
    """Return the daemons of all leafs of the lab that run now."""
    return tuple(_found(lab))


def recognised(lab: EvpnLab, pid: int, words: list[str]) -> Process | None:
    """Return the daemon that a process with these arguments is; None where it is not the lab's."""
    program = evpnseen.SNOOPER if SNOOPER in words else Path(words[0]).name
    if program not in evpnseen.DAEMONS | {evpnseen.SNOOPER}:
        return None
    leafs = (leaf for leaf in LEAFS if _mentions(lab.folder_of(leaf), words))
    return next((Process(pid=pid, program=program, leaf=leaf) for leaf in leafs), None)


def end(lab: EvpnLab, *, leaf: int | None = None, by: Deadline) -> None:
    """End the daemons of one leaf, or of all, and remove their files."""
    chosen = [one for one in running(lab) if leaf in (None, one.leaf)]
    _signal(chosen, signal.SIGTERM)
    try:
        _await_end(lab, leaf, by=by.within(_GRACE))
    except DeadlineError:
        _signal([one for one in running(lab) if leaf in (None, one.leaf)], signal.SIGKILL)
        _await_end(lab, leaf, by=by)
    for folder in [lab.folder] if leaf is None else [lab.folder_of(leaf)]:
        _remove_crash_logs(folder)
        shutil.rmtree(folder, ignore_errors=True)


def _found(lab: EvpnLab) -> Iterator[Process]:
    for entry in PROC.iterdir():
        words = _arguments(int(entry.name)) if entry.name.isdecimal() else []
        if words:
            found = recognised(lab, int(entry.name), words)
            yield from () if found is None else (found,)


def _arguments(pid: int) -> list[str]:
    """Return the words of a process; none where it is gone or a zombie."""
    try:
        text = (PROC / str(pid) / "cmdline").read_bytes().decode(errors="replace")
    except (FileNotFoundError, ProcessLookupError):
        return []
    return text.split("\0") if text else []


def _mentions(folder: Path, words: list[str]) -> bool:
    return any(word.startswith(f"{folder}/") for word in words)


def _signal(processes: Sequence[Process], number: signal.Signals) -> None:
    for process in processes:
        with suppress(ProcessLookupError):
            os.kill(process.pid, number)


def _await_end(lab: EvpnLab, leaf: int | None, *, by: Deadline) -> None:
    def ended() -> bool | None:
        return None if any(leaf in (None, one.leaf) for one in running(lab)) else True

    by.poll(ended, what="FRR to end", every=0.02)


def _remove_crash_logs(folder: Path) -> None:
    for file in folder.glob("**/*.pid"):
        pid = file.read_text().strip()
        if pid.isdecimal() and not _arguments(int(pid)):
            shutil.rmtree(CRASH_LOGS / f"{file.stem}.{pid}", ignore_errors=True)
