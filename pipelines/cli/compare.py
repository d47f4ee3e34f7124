"""`vipprov compare`: let the same fault befall several pairs; what was seen, side by side."""

from pathlib import Path
from typing import Annotated

import typer

from vipprov.guest.fault import Fault
from vipprov.pipelines.cli.opened import On
from vipprov.pipelines.cli.output import emit, note


def compare(
    names: Annotated[list[str], typer.Argument(help="The names of the pairs.", metavar="NAME...")],
    *,
    fault: Annotated[Fault, typer.Option("--fault", help="What befalls each owner.")],
    besides: Annotated[
        list[str] | None,
        typer.Option(
            "--from", help="Measure from this port group, too; repeatable.", metavar="PORT_GROUP"
        ),
    ] = None,
    on: On = "lxc:///system",
    page_to: Annotated[
        Path | None, typer.Option("--html", help="Write an HTML page.", metavar="FILE")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON document on stdout.")] = False,
) -> None:
    """Fail over one pair after the other, and show side by side what came of it, good or bad.

    Example: vipprov compare plain web --fault stop --from leaf3 --html page.html
    """
    from functools import partial

    from vipprov.guest.deadline import Deadline, SystemClock
    from vipprov.hv import registry
    from vipprov.pipelines import failoverpage, failoverwords, fleet, reportfile
    from vipprov.pipelines import series as failing
    from vipprov.pipelines.guard import guarding

    reportfile.demand_writable(page_to)
    wishes = failing.Wishes(fault=fault, besides=tuple(besides or ()))
    by = Deadline.after(failing.SECONDS_EACH * len(names), clock=SystemClock())
    columns = []
    with registry.connect(on, by=by) as hypervisor:
        for pair in [fleet.described(hypervisor.machines, name) for name in names]:
            seen = failing.series(
                pair, hypervisor, wishes, by=by, say=note, guard=partial(guarding, on)
            )
            title = "with a virtual MAC" if pair.vip.vmac else "without a virtual MAC"
            columns.append(failoverpage.Column(title=title, series=seen))
    emit(
        {"pairs": [failoverwords.document(column.series) for column in columns]},
        as_json=as_json,
        text="\n\n".join(failoverwords.text(column.series) for column in columns),
    )
    if page_to is not None:
        reportfile.write(page_to, failoverpage.comparison(columns))
