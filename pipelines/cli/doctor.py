"""`vipprov doctor`: what this machine can and cannot do."""

from typing import Annotated

import typer

from vipprov.guest.check import Verdict
from vipprov.guest.deadline import Deadline, SystemClock
from vipprov.pipelines.cli.output import emit

NOT_READY = 1


def doctor(
    *,
    timeout: Annotated[int, typer.Option(help="Give up after so many seconds.", min=5)] = 40,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON document.")] = False,
) -> None:
    """Say what this machine can do, what it lacks, and how to install that.

    Example: vipprov doctor
    """
    from vipprov.pipelines import doctor as examination

    found = examination.examine(by=Deadline.after(timeout, clock=SystemClock()))
    emit(examination.document(found), as_json=as_json, text=examination.text(found))
    if examination.readiness(found) is Verdict.FAIL:
        raise typer.Exit(NOT_READY)
