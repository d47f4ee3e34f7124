"""`vipprov schema`: the JSON Schema of a pair file, and of what commands print with --json."""

from typing import Annotated

import typer

from vipprov.pipelines.cli.output import emit


def schema(
    document: Annotated[
        str, typer.Argument(help="pair, exceptions, or a command in one word, as vm-show.")
    ] = "pair",
    *,
    every: Annotated[bool, typer.Option("--list", help="List what there is a schema of.")] = False,
) -> None:
    """Print the JSON Schema of a pair file, for editors, or of what a command prints with --json.

    Example: vipprov schema > pair.schema.json

    Example: vipprov schema portgroup-audit
    """
    from vipprov.pipelines import documents

    if every:
        emit(None, as_json=False, text="\n".join(documents.names()))
    else:
        emit(documents.schema(document), as_json=True, text="")
