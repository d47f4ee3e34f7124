"""Timeline of a fault as SVG: a row for each vantage point, others for what was said. Pure."""

import xml.etree.ElementTree as ET
from dataclasses import dataclass

from vipprov.pipelines.failover import Run
from vipprov.pipelines.markup import add
from vipprov.pipelines.outage import Span, View

LEFT, RIGHT, WIDTH = 150.0, 20.0, 720.0
TOP, ROW, BAR, TALL = 66.0, 38.0, 10.0, 18.0
TICKS = 8
STEPS = (0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 60)
LEAST = 1.5
"""Pixels of a loss that would be too short to be seen."""
NEAR_THE_END = 0.8


@dataclass(frozen=True, slots=True, kw_only=True)
class Scale:
    """Where a moment is, in pixels."""

    seconds: float

    def x(self, moment: float) -> float:
        """Return how far from the left; what is later than the end is at the end."""
        share = min(max(moment / self.seconds, 0.0), 1.0)
        return LEFT + share * (WIDTH - LEFT - RIGHT)


def chart(parent: ET.Element, run: Run, *, seconds: float) -> None:
    """Add the timeline of the fault, with room for so many seconds after the strike."""
    span, scale = run.fault_span, Scale(seconds=seconds)
    bottom = TOP + ROW * (len(span.views) + 2)
    label = f"Timeline of {run.fault.value} of {run.owner}, in seconds after the strike"
    box = f"0 0 {WIDTH:g} {bottom + 46:g}"
    svg = add(parent, "svg", view_box=box, role="img", aria_label=label)
    _axis(svg, scale, bottom)
    for number, view in enumerate(span.views):
        _view(svg, view, span, scale, TOP + ROW * number)
    _said(svg, span, scale, TOP + ROW * len(span.views))
    _marks(svg, run, scale, bottom)
    _key(svg, bottom + 36)


def _axis(svg: ET.Element, scale: Scale, bottom: float) -> None:
    step = next((one for one in STEPS if scale.seconds / one <= TICKS), scale.seconds)
    for number in range(int(scale.seconds / step) + 1):
        x = scale.x(number * step)
        add(svg, "line", class_="axis", x1=x, x2=x, y1=TOP - 8, y2=bottom)
        add(svg, "text", f"{number * step:g} s", class_="middle", x=x, y=bottom + 14)


def _view(svg: ET.Element, view: View, span: Span, scale: Scale, y: float) -> None:
    row = add(svg, "g")
    seen = view.reception
    add(row, "title", f"{view.vip} from {view.port_group}: lost {seen.lost} of {seen.sent}")
    add(row, "text", view.port_group, class_="end", x=LEFT - 10, y=y + 9)
    add(row, "text", str(view.vip), class_="end", x=LEFT - 10, y=y + 21)
    end = scale.x(span.until - span.since)
    add(row, "rect", class_="answered", x=LEFT, y=y + 5, width=end - LEFT, height=BAR)
    for gap in seen.gaps:
        start = scale.x(gap.start - span.since)
        stop = scale.x((span.until if gap.end is None else gap.end) - span.since)
        width = max(stop - start, LEAST)
        add(row, "rect", class_="lost", x=start, y=y + 1, width=width, height=TALL)
    for claim in view.claims:
        _triangle(row, "claim", scale.x(claim), y + 24)
    if view.reached is not None:
        add(row, "circle", class_="reached", cx=scale.x(view.reached), cy=y + 10, r=4)


def _said(svg: ET.Element, span: Span, scale: Scale, y: float) -> None:
    _count(svg, "adverts", len(span.adverts), span, y)
    for advert in span.adverts:
        x = scale.x(advert - span.since)
        add(svg, "line", class_="advert", x1=x, x2=x, y1=y + 4, y2=y + 18)
    y += ROW
    _count(svg, "MAC moves", len(span.moves), span, y)
    for move in span.moves:
        _triangle(svg, "move", scale.x(move.at - span.since), y + 6)


def _count(svg: ET.Element, what: str, number: int, span: Span, y: float) -> None:
    seen = str(number) if span.has_cables else "not seen"
    add(svg, "text", f"{what} ({seen})", class_="end", x=LEFT - 10, y=y + 14)


def _marks(svg: ET.Element, run: Run, scale: Scale, bottom: float) -> None:
    """Name the moments, one above the other: they are often too close to stand side by side."""
    moments = (("struck", 0.0), ("detected", run.detected), ("taken over", run.taken))
    for number, (name, moment) in enumerate(moments):
        if moment is None:
            continue
        x, y = scale.x(moment), 14.0 + 14 * number
        add(svg, "line", class_="mark", x1=x, x2=x, y1=y + 2, y2=bottom)
        late = moment > NEAR_THE_END * scale.seconds
        where = {"class_": "end", "x": x - 4} if late else {"x": x + 4}
        told = f"{name} after {moment * 1000:.0f} ms" if moment else name
        add(svg, "text", told, y=y, **where)


def _key(svg: ET.Element, y: float) -> None:
    x = LEFT
    for kind, name in (("answered", "answered"), ("lost", "lost")):
        add(svg, "rect", class_=kind, x=x, y=y - 9, width=12, height=10)
        add(svg, "text", name, x=x + 16, y=y)
        x += 80
    add(svg, "circle", class_="reached", cx=x + 5, cy=y - 4, r=4)
    add(svg, "text", "reached again", x=x + 14, y=y)
    for kind, name, offset in (("claim", "announcement", 100), ("move", "MAC move", 200)):
        _triangle(svg, kind, x + offset + 5, y - 9)
        add(svg, "text", name, x=x + offset + 14, y=y)


def _triangle(parent: ET.Element, kind: str, x: float, y: float) -> None:
    points = f"{x:.1f},{y:.1f} {x - 4:.1f},{y + 8:.1f} {x + 4:.1f},{y + 8:.1f}"
    add(parent, "polygon", class_=kind, points=points)
