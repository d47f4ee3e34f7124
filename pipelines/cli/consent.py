"""Ask before something is destroyed."""

import sys

import typer

from vipprov.guest.errors import SpecError
from vipprov.pipelines.cli.output import note

DECLINED = 1


def demand(question: str, *, yes: bool) -> None:
    """Return if the person agrees, end the command if not; SpecError where nobody can be asked."""
    if yes:
        return
    if not sys.stdin.isatty():
        raise SpecError(question, hint="Nobody can be asked here: add --yes.")
    if not _agreed(question):
        note("Nothing was changed.")
        raise typer.Exit(DECLINED)


def _agreed(question: str) -> bool:
    try:
        return typer.confirm(question, err=True)
    except typer.Abort:  # the end of input, which is no yes
        note("")
        return False
