"""`vipprov failover`: let a fault befall the owner of a virtual IP, and measure."""

from pathlib import Path
from typing import Annotated

import typer

from vipprov.guest.errors import CheckFailedError
from vipprov.guest.fault import Fault
from vipprov.pipelines.cli.opened import On
from vipprov.pipelines.cli.output import emit, note


def failover(  # noqa: PLR0913  typer: each option is an argument
    name: Annotated[str, typer.Argument(help="The name of the pair.", metavar="NAME")],
    *,
    fault: Annotated[Fault, typer.Option("--fault", help="What befalls the owner.")],
    count: Annotated[int, typer.Option("--count", help="How often.", min=1, max=1000)] = 1,
    back: Annotated[bool, typer.Option("--back", help="Measure the way back, too.")] = False,
    wait: Annotated[
        bool, typer.Option("--wait", help="Wait until the fabric's MAC-move budget allows it.")
    ] = False,
    on: On = "lxc:///system",
    report_to: Annotated[
        Path | None, typer.Option("--junit", help="Write JUnit XML.", metavar="FILE")
    ] = None,
    page_to: Annotated[
        Path | None, typer.Option("--html", help="Write an HTML page.", metavar="FILE")
    ] = None,
    besides: Annotated[
        list[str] | None,
        typer.Option(
            "--from", help="Measure from this port group, too; repeatable.", metavar="PORT_GROUP"
        ),
    ] = None,
    every: Annotated[
        int,
        typer.Option(
            "--every",
            help="Milliseconds between probes. More spares guests whose processor is emulated.",
            min=1,
            max=100,
        ),
    ] = 1,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON document on stdout.")] = False,
) -> None:
    """Fail the owner of a virtual IP over, measure the outage from every port group, and heal it.

    A port group that nothing on this machine is plugged into, as on vSphere mostly, cannot be
    measured from: then nobody is struck.

    Example: vipprov failover web --fault crash --count 4
    """
    from functools import partial

    from vipprov.guest.deadline import Deadline, SystemClock
    from vipprov.hv import registry
    from vipprov.pipelines import addressed, failoverpage, failoverwords, fleet, junit, reportfile
    from vipprov.pipelines import series as failing
    from vipprov.pipelines.guard import guarding

    reportfile.demand_writable(report_to, page_to)
    wishes = failing.Wishes(
        fault=fault,
        count=count,
        back=back,
        wait=wait,
        besides=tuple(besides or ()),
        interval=every / 1000,
    )
    by = Deadline.after(failing.SECONDS_EACH * count, clock=SystemClock())
    with registry.connect(on, by=by) as hypervisor:
        pair = fleet.described(hypervisor.machines, name)
        seen = failing.series(
            pair, hypervisor, wishes, by=by, say=note, guard=partial(guarding, on)
        )
    emit(failoverwords.document(seen), as_json=as_json, text=failoverwords.text(seen))
    if report_to is not None:
        reportfile.write(report_to, junit.of_series(seen))
    if page_to is not None:
        reportfile.write(page_to, failoverpage.page(seen))
    if not seen.is_as_expected:
        raise CheckFailedError(
            f"The fail-over of {name} did not end as it has to.",
            hint=f"`vipprov verify {addressed.named(pair)}` says how it stands now.",
        )
