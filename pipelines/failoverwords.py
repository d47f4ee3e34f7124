"""What a series of fail-overs came to, as text for people and as a document for programs. Pure."""

from collections.abc import Iterator

from vipprov.guest.fault import NATURES
from vipprov.guest.figures import Spread
from vipprov.pipelines.failover import Run
from vipprov.pipelines.outage import Span, View
from vipprov.pipelines.series import Round, Series


def text(series: Series) -> str:
    """Return every run with a line for each vantage point, and the spread of several."""
    lines: list[str] = []
    for number, one in enumerate(series.rounds, start=1):
        lines += round_lines(one, f"{number}. " if len(series.rounds) > 1 else "")
    return "\n".join((*lines, *spread_lines(series), verdict(series)))


def spread_lines(series: Series) -> Iterator[str]:
    """Return how the outages of several runs are spread; nothing of a single one."""
    spread = series.outages()
    if spread is None or len(series.rounds) == 1:
        return
    yield f"outage of {len(series.rounds)} runs: {_spread_words(spread)}"
    for port_group, found in series.outages_from().items():
        yield f"  from {port_group}: {_spread_words(found)}"


def _spread_words(spread: Spread) -> str:
    return (
        f"median {milliseconds(spread.median)}, p95 {milliseconds(spread.p95)}, "
        f"max {milliseconds(spread.max)}"
    )


def verdict(series: Series) -> str:
    """Return whether all ended as it has to."""
    said = "as expected" if series.is_as_expected else "NOT as expected"
    return f"{series.pair}: {series.fault.value}, {said}"


def document(series: Series) -> dict[str, object]:
    """Return the series as a JSON document; all durations are in milliseconds."""
    return {
        "pair": series.pair,
        "fault": series.fault.value,
        "as_expected": series.is_as_expected,
        "probed_every_ms": round(series.interval * 1000),
        "outage_ms": _spread(series.outages()),
        "outage_ms_from": {
            port_group: _spread(found) for port_group, found in series.outages_from().items()
        },
        "runs": [
            {
                "there": _run(one.there),
                "back": None if one.back is None else _run(one.back),
            }
            for one in series.rounds
        ],
    }


def round_lines(one: Round, head: str = "") -> Iterator[str]:
    """Return what came of one round, the way back included."""
    yield from _run_lines(one.there, head)
    if one.back is not None:
        yield from _run_lines(one.back, f"{head}back: ")


def headline(run: Run) -> str:
    """Return who took over from whom, and what came of it."""
    ending = "nobody owned it" if run.ending is None else run.ending.value
    wanted = NATURES[run.fault].ending.value
    return (
        f"{run.fault.value} of {run.owner}: {run.heir or 'nobody'} took over; "
        f"{ending}{'' if ending == wanted else f', expected {wanted}'}"
    )


def moments(run: Run) -> str:
    """Return what happened when, and how often the virtual MAC moved."""
    return (
        f"struck within {milliseconds(run.struck_within)}, detected {milliseconds(run.detected)}, "
        f"taken over {milliseconds(run.taken)}; {_moved(run)}{_missed(run.fault_span.drops)}"
    )


def _moved(run: Run) -> str:
    if not run.fault_span.has_cables:
        return "MAC moves are not seen from this machine"
    return f"MAC moves {len(run.fault_span.moves)}, {len(run.healing.moves)} more while it healed"


def _run_lines(run: Run, head: str) -> Iterator[str]:
    yield f"{head}{headline(run)}"
    yield f"  {moments(run)}"
    for view in run.fault_span.views:
        yield f"  {view_line(view)}"
    for view in run.healing.views:
        if view.reception.lost or view.reception.duplicates:
            yield f"  while it healed: {view_line(view)}"


def view_line(view: View) -> str:
    """Return what one vantage point saw."""
    seen = view.reception
    return (
        f"{view.vip} from {view.port_group}: outage {milliseconds(seen.outage)}, "
        f"lost {seen.lost} of {seen.sent}, reached again {milliseconds(view.reached)}, "
        f"announced {milliseconds(view.announced)}, "
        f"duplicates {seen.duplicates}, late {seen.late}, MACs {', '.join(view.macs) or 'none'}"
        f"{_missed(view.drops)}"
    )


def _missed(drops: int) -> str:
    return f", {drops} frames dropped here" if drops else ""


def _run(run: Run) -> dict[str, object]:
    return {
        "fault": run.fault.value,
        "owner": run.owner,
        "heir": run.heir,
        "ending": None if run.ending is None else run.ending.value,
        "as_expected": run.is_as_expected,
        "struck_within_ms": _rounded(run.struck_within),
        "detected_ms": _rounded(run.detected),
        "taken_ms": _rounded(run.taken),
        "outage_ms": _rounded(run.fault_span.outage),
        "during": span_document(run.fault_span),
        "healing": span_document(run.healing),
    }


def span_document(span: Span) -> dict[str, object]:
    """Return what all vantage points saw of a span as a JSON document."""
    return {
        "seconds": round(span.until - span.since, 3),
        "adverts": len(span.adverts) if span.has_cables else None,
        "dropped_here": span.drops,
        "moves": [
            {
                "at_ms": _rounded(move.at - span.since),
                "mac": move.mac,
                "from": move.before,
                "to": move.after,
            }
            for move in span.moves
        ]
        if span.has_cables
        else None,
        "views": [_view(view) for view in span.views],
    }


def _view(view: View) -> dict[str, object]:
    seen = view.reception
    return {
        "port_group": view.port_group,
        "vip": str(view.vip),
        "outage_ms": _rounded(seen.outage),
        "sent": seen.sent,
        "lost": seen.lost,
        "duplicates": seen.duplicates,
        "late": seen.late,
        "gaps": len(seen.gaps),
        "announced_ms": _rounded(view.announced),
        "reached_ms": _rounded(view.reached),
        "macs": list(view.macs),
        "dropped_here": view.drops,
    }


def _spread(spread: Spread | None) -> dict[str, object] | None:
    if spread is None:
        return None
    return {
        "median": _rounded(spread.median),
        "p95": _rounded(spread.p95),
        "max": _rounded(spread.max),
    }


def _rounded(seconds: float | None) -> float | None:
    return None if seconds is None else round(seconds * 1000, 1)


def milliseconds(seconds: float | None) -> str:
    """Return a duration or a moment as people read it."""
    return "never" if seconds is None else f"{seconds * 1000:.0f} ms"
