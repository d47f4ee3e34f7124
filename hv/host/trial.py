"""Start a trial and bring its outcome home, by the deadline."""

import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass

from vipprov.guest.check import Verdict
from vipprov.guest.deadline import Deadline
from vipprov.hv.host.trials import ending

VERDICTS = {ending.WORKS: Verdict.PASS, ending.FAILS: Verdict.FAIL}


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What came of a trial, and the line that it printed."""

    verdict: Verdict
    seen: str


def attempt(name: str, *arguments: str, by: Deadline) -> Outcome:
    """Run the trial of this name in a process of its own."""
    program = (sys.executable, "-P", "-m", f"vipprov.hv.host.trials.{name}", *arguments)
    try:
        completed = run(program, by=by)
    except OSError as error:
        return Outcome(verdict=Verdict.UNKNOWN, seen=f"could not be tried: {error}")
    if completed is None:
        return Outcome(verdict=Verdict.FAIL, seen="hangs: it was stopped at the deadline")
    text = completed.stdout.strip() or f"ended with {completed.returncode}"
    return Outcome(verdict=VERDICTS.get(completed.returncode, Verdict.UNKNOWN), seen=text)


def run(argv: Sequence[str], *, by: Deadline) -> subprocess.CompletedProcess[str] | None:
    """Return how the program ended, or None if it did not in time; OSError if it never began."""
    try:
        return subprocess.run(
            argv,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
            timeout=by.remaining,
        )
    except subprocess.TimeoutExpired:
        return None
