"""Ask before something is destroyed."""

import sys

import typer

from vipprov.guest.errors import SpecError


def demand(question: str, *, yes: bool) -> None:
    """Return if the person agrees; SpecError where nobody can be asked."""
    if yes:
        return
    if not sys.stdin.isatty():
        raise SpecError(question, hint="Nobody can be asked here: add --yes.")
    typer.confirm(question, abort=True, err=True)
