"""`vipprov image`: what machines are made from."""

from enum import Enum
from pathlib import Path
from typing import Annotated

import typer

from vipprov.guest.deadline import Deadline, SystemClock
from vipprov.guest.errors import SpecError
from vipprov.pipelines.cli import consent, deferred
from vipprov.pipelines.cli.gauge import Gauge
from vipprov.pipelines.cli.output import emit, note

app = deferred.commands()


class For(Enum):
    """The hypervisor that makes machines of the image: containers of a tree, VMs of a disk."""

    LXC = "lxc"
    QEMU = "qemu"


# A pull that is under way is not waited for.
REMOVAL_SECONDS = 2.0

Name = Annotated[str, typer.Argument(help="The name of the image, such as debian-12.")]
Json = Annotated[bool, typer.Option("--json", help="Print one JSON document.")]
Timeout = Annotated[int, typer.Option(help="Give up after so many seconds.")]


@app.command()
def build(
    name: Name,
    *,
    target: Annotated[For, typer.Option("--for", help="What makes machines of it.")] = For.LXC,
    timeout: Timeout = 1200,
    as_json: Json = False,
) -> None:
    """Build an image from this machine's own apt sources, unless it is built already.

    Example: vipprov image build debian-12 --for qemu
    """
    from vipprov.hv.images import build as builder
    from vipprov.hv.images.image import Form
    from vipprov.pipelines import images

    form = Form.TREE if target is For.LXC else Form.DISK
    by = Deadline.after(timeout, clock=SystemClock())
    image = builder.build(name, form, report=note, by=by)
    emit(images.document(image), as_json=as_json, text=str(image.path))


@app.command()
def pull(  # noqa: PLR0913  typer: each option is an argument
    source: Annotated[str, typer.Argument(help="A stock image such as rocky-9, or an address.")],
    *,
    name: Annotated[str | None, typer.Option(help="What to call it here.")] = None,
    checksum: Annotated[
        str | None, typer.Option(help="What it must hash to.", metavar="sha256:HEX")
    ] = None,
    checksums: Annotated[
        str | None, typer.Option(help="The maker's file of checksums.", metavar="URL")
    ] = None,
    keyring: Annotated[
        Path | None, typer.Option(help="The maker's keys; the checksums must be signed.")
    ] = None,
    timeout: Timeout = 3600,
    as_json: Json = False,
) -> None:
    """Download a cloud image for VMs, checked; a download that was cut short goes on.

    Example: vipprov image pull ubuntu-24.04
    """
    from vipprov.hv.images import pull as puller
    from vipprov.pipelines import images

    wanted = images.source(source, name=name, checksum=checksum, checksums=checksums)
    image = puller.pull(
        wanted,
        report=note,
        gauge=Gauge(wanted.name),
        by=Deadline.after(timeout, clock=SystemClock()),
        keys=images.keys(keyring),
    )
    emit(images.document(image), as_json=as_json, text=str(image.path))


@app.command("list")
def show(*, as_json: Json = False) -> None:
    """List the images that are here, and those that could be.

    Example: vipprov image list
    """
    from vipprov.pipelines import images

    emit(images.inventory(), as_json=as_json, text=images.table())


@app.command()
def remove(
    name: Annotated[str | None, typer.Argument(help="The name of the image.")] = None,
    *,
    target: Annotated[
        For | None, typer.Option("--for", help="Only what makes machines of this kind.")
    ] = None,
    unfinished: Annotated[
        bool, typer.Option("--unfinished", help="Remove downloads that were cut short.")
    ] = False,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
    as_json: Json = False,
) -> None:
    """Remove an image in all its builds and forms, or in one form; machines must not use it.

    With --unfinished it is the downloads that were cut short, and no image.

    Example: vipprov image remove debian-12 --for qemu --yes

    Example: vipprov image remove --unfinished
    """
    match name, target, unfinished:
        case str(), _, False:
            gone = _removed(name, target, yes=yes)
        case None, None, True:
            gone = _removed_unfinished(yes=yes)
        case _:
            raise SpecError(
                "Nothing is named to be removed, or two things are.",
                hint="Name an image, or give --unfinished alone.",
            )
    lines = [f"removed {path}" for path in gone] or ["There are no unfinished downloads."]
    emit({"removed": gone}, as_json=as_json, text="\n".join(lines))


def _removed(name: str, target: For | None, *, yes: bool) -> list[str]:
    from vipprov.hv.images import store
    from vipprov.hv.images.image import Form

    form = None if target is None else Form.TREE if target is For.LXC else Form.DISK
    store.demand(name, form)
    consent.demand(f"Remove the image {name}?", yes=yes)
    return [str(image.path.parent) for image in store.remove(name, form)]


def _removed_unfinished(*, yes: bool) -> list[str]:
    from vipprov.hv.images import unfinished

    found = unfinished.every()
    if not found:
        return []
    size = sum(one.size for one in found) / 1e6
    consent.demand(f"Remove {size:.0f} MB of unfinished downloads?", yes=yes)
    by = Deadline.after(REMOVAL_SECONDS, clock=SystemClock())
    return [str(path) for path in unfinished.remove_all(report=note, by=by)]
