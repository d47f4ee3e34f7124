"""What fail-overs came to, as one HTML page that needs no network. Pure."""

import xml.etree.ElementTree as ET
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from vipprov.pipelines import failoverwords, markup, timelinechart
from vipprov.pipelines.failover import Run
from vipprov.pipelines.failoverwords import milliseconds
from vipprov.pipelines.markup import add
from vipprov.pipelines.outage import View
from vipprov.pipelines.series import Series

HEAD = (
    "seen from",
    "virtual IP",
    "outage",
    "lost",
    "reached again",
    "announced",
    "MACs",
)
BESIDES = "besides"


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """A series that stands beside others, and what sets it apart."""

    title: str
    series: Series


def page(series: Series) -> str:
    """Return the page of a series: for every run its timeline, its figures and the verdict."""
    root, body = markup.document(f"{series.pair}: {series.fault.value}")
    _series(body, series, seconds=_seconds([series]))
    return markup.text(root)


def comparison(columns: Sequence[Column]) -> str:
    """Return a page with several series side by side, all drawn to one scale of time."""
    faults = ", ".join(dict.fromkeys(column.series.fault.value for column in columns))
    names = " and ".join(column.series.pair for column in columns)
    root, body = markup.document(f"{names}: {faults}")
    seconds = _seconds([column.series for column in columns])
    grid = add(body, "div", class_="columns")
    for column in columns:
        section = add(grid, "section")
        add(section, "h2", f"{column.series.pair}: {column.title}")
        _series(section, column.series, seconds=seconds)
    return markup.text(root)


def _series(parent: ET.Element, series: Series, *, seconds: float) -> None:
    good = series.is_as_expected
    add(parent, "p", failoverwords.verdict(series), class_="good" if good else "bad")
    for line in failoverwords.spread_lines(series):
        add(parent, "p", line.strip())
    for number, run in enumerate(_runs(series), start=1):
        section = add(parent, "section")
        add(section, "h2", f"{number}. {failoverwords.headline(run)}")
        add(section, "p", failoverwords.moments(run))
        timelinechart.chart(section, run, seconds=seconds)
        _figures(section, run.fault_span.views)
        healing = [view for view in run.healing.views if view.reception.lost]
        if healing:
            add(section, "p", f"While {run.owner} came back:")
            _figures(section, healing)


def _runs(series: Series) -> Iterator[Run]:
    for one in series.rounds:
        yield one.there
        if one.back is not None:
            yield one.back


def _seconds(several: Sequence[Series]) -> float:
    spans = (run.fault_span for series in several for run in _runs(series))
    return max((span.until - span.since for span in spans), default=1.0)


def _figures(parent: ET.Element, views: Sequence[View]) -> None:
    """Add a table; what is seldom to be said has a column only where it is."""
    remarks = [", ".join(_besides(view)) for view in views]
    if any(remarks):
        rows = [(*_row(view), remark) for view, remark in zip(views, remarks, strict=True)]
        markup.table(parent, (*HEAD, BESIDES), rows)
    else:
        markup.table(parent, HEAD, map(_row, views))


def _row(view: View) -> tuple[str, ...]:
    seen = view.reception
    gap = seen.worst
    still = gap is not None and gap.end is None
    return (
        view.port_group,
        str(view.vip),
        f"{'over ' if still else ''}{milliseconds(seen.outage)}",
        f"{seen.lost} of {seen.sent}",
        "—" if gap is None else milliseconds(view.reached),
        milliseconds(view.announced),
        ", ".join(view.macs) or "none",
    )


def _besides(view: View) -> Iterator[str]:
    """Yield what is wrong with the figures, or with the replies; mostly nothing."""
    counts = {
        "duplicates": view.reception.duplicates,
        "late": view.reception.late,
        "frames dropped here": view.drops,
    }
    yield from (f"{count} {name}" for name, count in counts.items() if count)
