"""The command and its sub-commands, as typer knows them."""

from collections.abc import Iterator

import typer
from typer.core import TyperCommand, TyperGroup

from vipprov.pipelines.cli.deferred import Deferred
from vipprov.pipelines.cli.main import app

Words = tuple[str, ...]


def groups() -> dict[Words, TyperGroup]:
    """Return what only leads to other commands, by the words after `vipprov`."""
    return {words: found for words, found in _walk() if isinstance(found, TyperGroup)}


def commands() -> dict[Words, TyperCommand]:
    """Return what does something, by the words after `vipprov`."""
    return {words: found for words, found in _walk() if isinstance(found, TyperCommand)}


def _walk() -> Iterator[tuple[Words, object]]:
    waiting: list[tuple[Words, object]] = [((), typer.main.get_command(app))]
    while waiting:
        words, found = waiting.pop(0)
        yield words, found
        if isinstance(found, Deferred):
            found.load()
        if isinstance(found, TyperGroup):
            waiting += [((*words, name), below) for name, below in found.commands.items()]
