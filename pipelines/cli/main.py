"""The vipprov command: parses, calls one pipeline, prints, sets the exit code."""

import sys
from typing import Annotated

import typer

from vipprov.guest.errors import VipprovError
from vipprov.pipelines.cli import (
    compare,
    deferred,
    doctor,
    failover,
    schema,
    switchover,
    verify,
)
from vipprov.pipelines.cli.bug import Bugs
from vipprov.pipelines.cli.interrupted import Interrupted, interruptible
from vipprov.pipelines.cli.output import failure, noted

app = typer.Typer(
    no_args_is_help=True,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    add_completion=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
app.add_typer(
    deferred.group("Make, show and remove pairs of machines.", example="vm create pair.yaml"),
    name="vm",
)
app.command("verify")(verify.verify)
app.command("failover")(failover.failover)
app.command("compare")(compare.compare)
app.command("switchover")(switchover.switchover)
app.add_typer(
    deferred.group("What hypervisor ports let through.", example="portgroup show leaf1"),
    name="portgroup",
)
app.add_typer(
    deferred.group("A fabric on this machine, to plug guests into.", example="lab up"), name="lab"
)
app.add_typer(
    deferred.group("What machines are made from.", example="image build debian-12"), name="image"
)
app.command("doctor")(doctor.doctor)
app.command("schema")(schema.schema)


INTERRUPTED = 130


def _version(*, wanted: bool) -> None:
    if wanted:
        from importlib.metadata import version

        typer.echo(f"vipprov {version('vipprov')}")
        raise typer.Exit


@app.callback()
def vipprov(
    *,
    version: Annotated[
        bool,
        typer.Option(
            "--version",
            callback=lambda wanted: _version(wanted=wanted),
            is_eager=True,
            help="Say the version and end.",
        ),
    ] = False,
) -> None:
    """Make pairs of machines whose virtual IP works behind an EVPN-VXLAN fabric, and prove it.

    Begin with: vipprov doctor; vipprov lab up; vipprov image build debian-12;
    vipprov vm create examples/pair.yaml
    """


def main() -> None:
    """Run the command and turn our errors into exit codes."""
    try:
        with Bugs(), interruptible():
            app()
    except VipprovError as error:
        failure(str(error), error.details, *noted(error), error.hint)
        sys.exit(error.exit_code)
    except Interrupted as error:
        failure("interrupted.", *noted(error))
        sys.exit(INTERRUPTED)
