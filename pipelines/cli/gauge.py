"""How far a download is: one line that changes on a terminal, a line for each tenth elsewhere."""

import sys

import typer

from vipprov.pipelines.cli.output import note

STEPS = 10
MEGABYTE = 1_000_000


class Gauge:
    """Is told the bytes that are here and the bytes that there will be, where that is known."""

    def __init__(self, name: str, *, terminal: bool | None = None) -> None:
        self._name = name
        self._terminal = sys.stderr.isatty() if terminal is None else terminal
        self._told = ""

    def __call__(self, have: int, total: int | None) -> None:
        """Tell it, unless the person knows already."""
        if self._terminal:
            self._tell_terminal(_share(have // MEGABYTE, total), done=have == total)
        else:
            self._tell_line(have, total)

    def _tell_terminal(self, text: str, *, done: bool) -> None:
        if text != self._told or done:
            self._told = text
            typer.echo(f"\r\x1b[K{self._name}: {text}", err=True, nl=done)

    def _tell_line(self, have: int, total: int | None) -> None:
        step = have * STEPS // total if total else have // (100 * MEGABYTE)
        if str(step) != self._told:
            self._told = str(step)
            note(f"{self._name}: {_share(have // MEGABYTE, total)}")


def _share(megabytes: int, total: int | None) -> str:
    return f"{megabytes} MB" + (f" of {total // MEGABYTE} MB" if total else "")
