"""Groups of commands that are loaded when they are used, so that `vipprov --help` stays fast."""

from importlib import import_module
from typing import Any

import typer
from typer.core import TyperGroup
from typer.main import get_group


def group(text: str, *, example: str) -> typer.Typer:
    """Return a group with this help; its commands are in the module of its name."""
    return typer.Typer(
        cls=Deferred, no_args_is_help=True, help=f"{text}\n\nExample: vipprov {example}"
    )


def commands() -> typer.Typer:
    """Return what the module of a group hangs its commands on."""
    return typer.Typer(rich_markup_mode=None, pretty_exceptions_enable=False)


class Deferred(TyperGroup):
    """The group whose commands are in the module of its name, loaded or not yet."""

    def load(self) -> None:
        """Have the commands from now on."""
        if not self.commands:
            module = import_module(f"{__package__}.{self.name}")
            self.commands = get_group(module.app).commands

    def make_context(self, *args: Any, **extra: Any) -> Any:  # noqa: ANN401  as typer hands it on
        """Begin to use the group."""
        self.load()
        return super().make_context(*args, **extra)
