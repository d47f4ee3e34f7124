"""What this machine can and cannot do."""

from dataclasses import asdict

from vipprov.guest.check import Check, Verdict
from vipprov.guest.deadline import Deadline
from vipprov.hv.host import examination, packages
from vipprov.hv.host.packages import LXC
from vipprov.pipelines import sidebyside

SIGNS = {Verdict.PASS: "ok", Verdict.FAIL: "missing", Verdict.UNKNOWN: "unknown"}

CONCLUSIONS = {
    Verdict.PASS: "is ready on this machine",
    Verdict.FAIL: "is not ready on this machine",
    Verdict.UNKNOWN: "lacks nothing that could be told",
}


def examine(*, by: Deadline) -> tuple[Check, ...]:
    """Make all checks, side by side."""
    return sidebyside.each(examination.every(), lambda look: look(by))


def readiness(found: tuple[Check, ...]) -> Verdict:
    """Return FAIL if the embedded default lacks something, UNKNOWN if that cannot be ruled out."""
    verdicts = {check.verdict for check in found if check.subject == LXC}
    worst_first = (Verdict.FAIL, Verdict.UNKNOWN, Verdict.PASS)
    return next(verdict for verdict in worst_first if verdict in verdicts)


def document(found: tuple[Check, ...]) -> dict[str, object]:
    """Return the checks as a JSON document."""
    listed = [{**asdict(check), "verdict": check.verdict.value} for check in found]
    verdict = readiness(found).value
    return {"verdict": verdict, "install": install_line(found), "checks": listed}


def text(found: tuple[Check, ...]) -> str:
    """Return the checks as lines for a person, grouped by what needs them."""
    lines = []
    for subject in dict.fromkeys(check.subject for check in found):
        lines.append(f"for {subject}")
        lines += [line for check in found if check.subject == subject for line in _lines(check)]
    install = install_line(found)
    lines.append(f"{LXC} {CONCLUSIONS[readiness(found)]}.")
    return "\n".join([*lines, *([f"To install what is missing: {install}"] if install else [])])


def install_line(found: tuple[Check, ...]) -> str:
    """Return one command that installs what the embedded default lacks."""
    return packages.line_for(found, LXC)


def _lines(check: Check) -> list[str]:
    further = [f"{'':36}{line}" for line in (check.cause, check.next_move) if line]
    shown = check.seen.splitlines()[-1] if check.seen else "nothing"
    return [f"  {SIGNS[check.verdict]:8} {check.id:24} {shown}", *further]
