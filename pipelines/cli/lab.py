"""`vipprov lab`: a fabric on this machine, to plug guests into."""

from dataclasses import asdict
from enum import Enum
from typing import TYPE_CHECKING, Annotated

import typer

from vipprov.pipelines.cli.output import emit

if TYPE_CHECKING:
    from vipprov.hv.fabric.bridgelab import LabState

app = typer.Typer(no_args_is_help=True, help="A fabric on this machine, to plug guests into.")

Name = Annotated[str, typer.Option(help="Name of the lab; other names go in front of its links.")]
Json = Annotated[bool, typer.Option("--json", help="Print one JSON document.")]


class Kind(Enum):
    """What joins the leafs."""

    BRIDGE = "bridge"


@app.command()
def up(
    *,
    kind: Annotated[Kind, typer.Option(help="What joins the leafs.")] = Kind.BRIDGE,  # noqa: ARG001  one kind so far, but scripts name it
    leafs: Annotated[int, typer.Option(help="How many leafs.")] = 3,
    name: Name = "lab",
    as_json: Json = False,
) -> None:
    """Make leaf bridges joined by a trunk, or complete them.

    Example: vipprov lab up --leafs 3
    """
    from vipprov.hv.fabric import bridgelab
    from vipprov.hv.fabric.bridgeplan import Lab

    state = bridgelab.up(Lab(name=name, leafs=leafs))
    _show(state, "up" if state.changed else "unchanged", as_json=as_json)


@app.command()
def status(*, name: Name = "lab", as_json: Json = False) -> None:
    """Show the leafs and what is plugged into them.

    Example: vipprov lab status
    """
    from vipprov.hv.fabric import bridgelab

    _show(bridgelab.status(name), "up", as_json=as_json)


@app.command()
def down(
    *,
    name: Name = "lab",
    force: Annotated[bool, typer.Option("--force", help="Also while guests use it.")] = False,
    as_json: Json = False,
) -> None:
    """Remove what `lab up` made, and nothing else.

    Example: vipprov lab down
    """
    from vipprov.hv.fabric import bridgelab

    gone = bridgelab.down(name, force=force)
    text = f"lab {name}: removed {', '.join(gone)}" if gone else f"lab {name}: nothing to remove"
    emit({"name": name, "removed": list(gone)}, as_json=as_json, text=text)


def _show(state: "LabState", outcome: str, *, as_json: bool) -> None:
    lines = [f"lab {state.name}: {outcome}"]
    for leaf in state.leafs:
        notes = [] if leaf.ours else ["was there before, used as found"]
        notes += [] if leaf.trunked else ["not joined to the spine"]
        notes += [f"ports {', '.join(leaf.ports)}"] if leaf.ports else []
        lines.append("  ".join([f"  {leaf.name}", *notes]))
    emit({**asdict(state), "outcome": outcome}, as_json=as_json, text="\n".join(lines))
