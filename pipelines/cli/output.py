"""What a command says: one JSON document on stdout, or text; everything else goes to stderr."""

import json
from contextlib import suppress

import typer


def emit(document: object, *, as_json: bool, text: str) -> None:
    """Print the result of a command."""
    typer.echo(json.dumps(document, indent=2) if as_json else text)


def note(text: str) -> None:
    """Say something that is not the result: progress, a warning, what comes next."""
    with suppress(BrokenPipeError):  # nobody reads it any more, and the work goes on
        typer.echo(text, err=True)
