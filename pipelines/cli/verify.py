"""`vipprov verify`: prove a live pair again."""

from functools import partial
from pathlib import Path
from typing import Annotated

import typer

from vipprov.guest.errors import CheckFailedError
from vipprov.pipelines.cli.opened import On
from vipprov.pipelines.cli.output import emit, note


def verify(  # noqa: PLR0913  typer: each option is an argument
    name: Annotated[str, typer.Argument(help="The name of the pair.", metavar="NAME")],
    *,
    on: On = "lxc:///system",
    timeout: Annotated[float, typer.Option("--timeout", help="Seconds.", min=1)] = 30,
    report_to: Annotated[
        Path | None, typer.Option("--junit", help="Write JUnit XML.", metavar="FILE")
    ] = None,
    explained: Annotated[
        bool, typer.Option("--explain", help="Name the one layer at fault, and the next move.")
    ] = False,
    clients: Annotated[
        list[str] | None,
        typer.Option("--client", help="Ask a client there, too.", metavar="NETNS"),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON document on stdout.")] = False,
) -> None:
    """Prove by traffic that the virtual IP of a pair works; end with 1 where a check fails.

    Example: vipprov verify web --explain
    """
    from vipprov.guest.deadline import Deadline, SystemClock
    from vipprov.hv import registry
    from vipprov.pipelines import clientlook, explanationwords, fleet, junit, report, reportfile
    from vipprov.pipelines import verify as verifying

    reportfile.demand_writable(report_to)
    by = Deadline.after(timeout, clock=SystemClock())
    with registry.connect(on, by=by) as hypervisor:
        found = fleet.pair(hypervisor.machines, name)
        for line in fleet.unfinished(found):
            note(line)
        pair = fleet.told(found)

        asked = partial(clientlook.namespaces, pair, clients or ())
        seen = verifying.verify(pair, hypervisor, by=by, clients=asked)
    document, text = report.document(seen), report.text(seen)
    if explained and seen.explanation is not None:
        document["explanation"] = explanationwords.document(seen.explanation)
        text = f"{text}\n\n{explanationwords.text(seen.explanation)}"
    emit(document, as_json=as_json, text=text)
    if report_to is not None:
        reportfile.write(report_to, junit.of_report(seen))
    if not seen.passed:
        raise CheckFailedError(f"The virtual IP of {name} is not proven.")
