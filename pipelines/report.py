"""Reports: a proof as text for people and as a document for programs. Pure."""

from vipprov.guest.check import Check, Verdict
from vipprov.pipelines.columns import aligned
from vipprov.pipelines.verify import Report

_HEADS = ("VERDICT", "CHECK", "SUBJECT", "SEEN")
_WANTED = "EXPECTED"


def text(report: Report) -> str:
    """Return the proof as an aligned table, what failed and why, warnings, and a summary."""
    return "\n".join((_table(report), *_reasons(report), *_warnings(report), "", summary(report)))


def summary(report: Report) -> str:
    """Return what the proof came to, in one line."""
    counts = {verdict: _count(report, verdict) for verdict in Verdict}
    seconds = f"{report.seconds:.1f} s"
    if report.passed:
        return f"{report.pair}: proven, {counts[Verdict.PASS]} checks passed in {seconds}"
    told = ", ".join(
        f"{counts[verdict]} {words}"
        for verdict, words in (
            (Verdict.FAIL, "failed"),
            (Verdict.UNKNOWN, "unknown"),
            (Verdict.PASS, "passed"),
        )
        if counts[verdict]
    )
    return f"{report.pair}: not proven, {told} in {seconds}"


def undone(report: Report) -> str:
    """Return which checks of a proof without a failure could not be made, and why."""
    open_ = [check for check in report.checks if check.verdict is Verdict.UNKNOWN]
    whys = dict.fromkeys(check.cause for check in open_ if check.cause)
    names = ", ".join(dict.fromkeys(check.id for check in open_))
    return "\n".join((f"Nothing failed, but this could not be looked at: {names}.", *whys))


def document(report: Report) -> dict[str, object]:
    """Return the proof as a JSON document."""
    return {
        "pair": report.pair,
        "passed": report.passed,
        "seconds": round(report.seconds, 3),
        "checks": [
            {
                "id": check.id,
                "subject": check.subject,
                "expected": check.expected,
                "seen": check.seen,
                "verdict": check.verdict.value,
                "cause": check.cause,
                "next_move": check.next_move,
                "warning": check.warning,
            }
            for check in report.checks
        ],
    }


def _table(report: Report) -> str:
    """Return a line for each check; what was expected is said where it was not seen."""
    rows = [(_HEADS, "" if report.passed else _WANTED), *map(_row, report.checks)]
    return aligned([(*cells, wanted) for cells, wanted in rows])


def _row(check: Check) -> tuple[tuple[str, ...], str]:
    wanted = "" if check.verdict is Verdict.PASS else check.expected
    return (check.verdict.value, check.id, check.subject, check.seen or "-"), wanted


def _reasons(report: Report) -> tuple[str, ...]:
    """Return each cause once, under the checks that it explains, and the next move."""
    explained: dict[tuple[str, str], list[str]] = {}
    for check in report.checks:
        if check.verdict is not Verdict.PASS:
            reason = (check.cause, check.next_move)
            explained.setdefault(reason, []).append(f"{check.id} ({check.subject})")
    return tuple(
        line
        for (cause, move), checks in explained.items()
        for line in ("", ", ".join(checks), f"  cause: {cause}", f"  next:  {move}")
    )


def _warnings(report: Report) -> tuple[str, ...]:
    """Return each warning once, for all whom it is about."""
    about: dict[str, list[str]] = {}
    for check in report.checks:
        if check.warning:
            about.setdefault(check.warning, []).append(check.subject)
    lines = (f"warning ({', '.join(subjects)}): {text}" for text, subjects in about.items())
    return tuple(line for warning in lines for line in ("", warning))


def _count(report: Report, verdict: Verdict) -> int:
    return sum(check.verdict is verdict for check in report.checks)
