"""Outages on the EVPN lab, as a client at a third leaf has them, of each subject and fault."""

import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from lab.command import Ended, vipprov
from measure import kept
from measure.subjects import LAB, REMOTE, SUBJECTS, Subject
from vipprov.guest.deadline import Clock

NAME = "outages"
FAULTS = ("stop", "crash")
AT_ONCE = 5

Say = Callable[[str], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Wishes:
    """How many runs of each, and how many seconds this call may begin new ones."""

    runs: int
    seconds: float | None = None


def outages(wishes: Wishes, clock: Clock, say: Say) -> bool:
    """Measure until so many runs are kept, or time is up; say whether all are there."""
    end = None if wishes.seconds is None else clock.now() + wishes.seconds
    _done(vipprov("lab", "up", "--kind", "evpn", "--name", LAB, "--dup-moves", "0"))
    with tempfile.TemporaryDirectory() as folder:
        for subject, fault, count in _lacking(wishes.runs):
            if end is not None and clock.now() > end:
                return False
            _create(subject, Path(folder))
            for run in _measured(subject, fault, count):
                kept.add(NAME, run)
            say(f"{subject.title}, {fault}: {len(runs(subject, fault))} of {wishes.runs}")
    clear()
    return True


def _lacking(wanted: int) -> Iterator[tuple[Subject, str, int]]:
    """Yield what is to be measured next, some runs of everything before more of anything."""
    for goal in (*range(AT_ONCE, wanted, AT_ONCE), wanted):
        for subject in SUBJECTS:
            for fault in FAULTS:
                lacking = goal - len(runs(subject, fault))
                if lacking > 0:
                    yield subject, fault, lacking


def runs(subject: Subject, fault: str) -> list[dict[str, Any]]:
    """Return the runs that are kept of this subject with its present settings."""
    key = {"subject": subject.name, "settings": subject.settings, "fault": fault}
    return [run for run in kept.all_of(NAME) if all(run[name] == key[name] for name in key)]


def clear() -> None:
    """Remove the pairs and the lab."""
    for subject in SUBJECTS:
        vipprov("vm", "destroy", subject.name, "--yes")
    vipprov("lab", "down", "--name", LAB, "--force")


def _create(subject: Subject, folder: Path) -> None:
    path = folder / f"{subject.name}.yaml"
    path.write_text(subject.text, encoding="utf-8")
    done = vipprov("vm", "create", path)
    # Without a virtual MAC no pair is proven; it is up all the same.
    if not (done.code == 1 and not subject.pair.vip.vmac):
        _done(done)


def _measured(subject: Subject, fault: str, count: int) -> Iterator[dict[str, Any]]:
    options = ("--fault", fault, "--count", str(count), "--from", REMOTE, "--json")
    told = _done(vipprov("failover", subject.name, *options)).document
    for run in (one["there"] for one in told["runs"]):
        (remote,) = (one for one in run["during"]["views"] if one["port_group"] == REMOTE)
        yield {
            "subject": subject.name,
            "settings": subject.settings,
            "fault": fault,
            "remote_ms": remote["outage_ms"],
            "worst_ms": run["outage_ms"],
            "moves": len(run["during"]["moves"]),
            "dropped": sum(view["dropped_here"] for view in run["during"]["views"]),
        }


def _done(ended: Ended) -> Ended:
    if ended.code:
        raise RuntimeError(ended.out + ended.err)
    return ended
