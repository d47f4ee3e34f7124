"""Options that commands about port groups have in common."""

from pathlib import Path
from typing import Annotated

import typer

Json = Annotated[bool, typer.Option("--json", help="Print one JSON document.")]
Url = Annotated[str, typer.Argument(help="The vCenter or ESXi host.", metavar="URL")]
Host = Annotated[
    str | None, typer.Option(help="vSphere: this host's port group only, of a standard switch.")
]
RecordFile = Annotated[
    Path | None,
    typer.Option("--record", help="ESXi without vCenter: the file that keeps what was there."),
]
DryRun = Annotated[bool, typer.Option("--dry-run", help="Say what would change.")]
