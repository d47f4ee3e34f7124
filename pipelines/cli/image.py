"""`vipprov image`: what machines are made from."""

from typing import Annotated

import typer

from vipprov.guest.deadline import Deadline, SystemClock
from vipprov.pipelines.cli import consent
from vipprov.pipelines.cli.output import emit, note

app = typer.Typer(no_args_is_help=True, help="What machines are made from.")

Name = Annotated[str, typer.Argument(help="The name of the image, such as debian-12.")]
Json = Annotated[bool, typer.Option("--json", help="Print one JSON document.")]


@app.command()
def build(
    name: Name,
    *,
    timeout: Annotated[int, typer.Option(help="Give up after so many seconds.")] = 1200,
    as_json: Json = False,
) -> None:
    """Build an image from this machine's own apt sources, unless it is built already.

    Example: vipprov image build debian-12
    """
    from vipprov.hv.images import build as builder
    from vipprov.pipelines import images

    by = Deadline.after(timeout, clock=SystemClock())
    image = builder.build(name, report=note, by=by)
    emit(images.document(image), as_json=as_json, text=str(image.path))


@app.command("list")
def show(*, as_json: Json = False) -> None:
    """List the images that are built, and those that could be.

    Example: vipprov image list
    """
    from vipprov.pipelines import images

    emit(images.inventory(), as_json=as_json, text=images.table())


@app.command()
def remove(
    name: Name,
    *,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
    as_json: Json = False,
) -> None:
    """Remove all builds of an image that no machine uses.

    Example: vipprov image remove debian-12 --yes
    """
    from vipprov.hv.images import store

    consent.demand(f"Remove the image {name}?", yes=yes)
    gone = [str(image.path.parent) for image in store.remove(name)]
    emit({"removed": gone}, as_json=as_json, text="\n".join(f"removed {path}" for path in gone))
