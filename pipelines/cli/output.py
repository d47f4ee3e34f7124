"""What a command says: one JSON document on stdout, or text; everything else goes to stderr."""

import json
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TextIO

import typer

from vipprov.guest.errors import HypervisorError


def emit(document: object, *, as_json: bool, text: str) -> None:
    """Print the result of a command."""
    with _perhaps_unheard(sys.stdout):
        typer.echo(json.dumps(document, indent=2) if as_json else text)


def note(text: str) -> None:
    """Say something that is not the result: progress, a warning, what comes next."""
    with _perhaps_unheard(sys.stderr):
        typer.echo(text, err=True)


def failure(brief: str, *further: str) -> None:
    """Say what went wrong, and under it what else is to be known."""
    note(f"vipprov: {brief}")
    for part in filter(None, further):
        note("\n".join(f"  {line}" for line in part.splitlines()))


def noted(error: BaseException) -> tuple[str, ...]:
    """Return what was noted on an error on its way: saved logs, and what could not be undone."""
    return tuple(getattr(error, "__notes__", ()))


@contextmanager
def _perhaps_unheard(stream: TextIO) -> Iterator[None]:
    """Let nobody's reading be no error: the work goes on, what was done counts, and its code."""
    try:
        yield
    except BrokenPipeError:
        # Python would try again, when it ends, to get rid of its buffer, and end with 120.
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, stream.fileno())
        os.close(nowhere)
    except OSError as error:
        raise HypervisorError(
            "What the command has to say could not be written.", details=str(error.strerror)
        ) from error
