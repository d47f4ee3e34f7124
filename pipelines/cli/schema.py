"""`vipprov schema`: the JSON Schema of a pair file."""

from vipprov.pipelines.cli.output import emit


def schema() -> None:
    """Print the JSON Schema of a pair file, for editors.

    Example: vipprov schema > pair.schema.json
    """
    from vipprov.guest import pairfile

    emit(pairfile.schema(), as_json=True, text="")
