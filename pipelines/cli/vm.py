"""`vipprov vm`: pairs of machines. Libraries are imported where a command needs them."""

from pathlib import Path
from typing import Annotated

import typer

from vipprov.guest.errors import ChangesPendingError, CheckFailedError
from vipprov.pipelines.cli import deferred, opened, vmguest
from vipprov.pipelines.cli.opened import On
from vipprov.pipelines.cli.output import emit, note

app = deferred.commands()

PairFile = Annotated[Path, typer.Argument(help="The pair file (YAML).", metavar="PAIR")]
PairName = Annotated[str, typer.Argument(help="The name of the pair.", metavar="NAME")]
AsJson = Annotated[bool, typer.Option("--json", help="One JSON document on stdout.")]

app.command("ssh", context_settings=vmguest.SSH_SETTINGS)(vmguest.ssh_to)
app.command("console")(vmguest.console_of)
app.command("logs")(vmguest.logs_of)


@app.command("plan")
def plan_pair(
    path: PairFile,
    *,
    exit_code: Annotated[
        bool, typer.Option("--exit-code", help="End with 9 when there is something to change.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Say what `vm create` would change; change nothing.

    Example: vipprov vm plan examples/pair.yaml --exit-code
    """
    import os

    from vipprov.guest.deadline import SystemClock
    from vipprov.pipelines import create, words
    from vipprov.pipelines import request as asking

    request = asking.read(path)
    plan = create.preview(request, environment=os.environ, clock=SystemClock())
    emit(
        words.plan_document(request.pair.name, plan),
        as_json=as_json,
        text=words.plan_text(request.pair.name, plan),
    )
    if exit_code and plan.actions:
        raise ChangesPendingError(f"{request.pair.name} has changes pending.")


@app.command("create")
def create_pair(
    path: PairFile,
    *,
    replace: Annotated[
        bool, typer.Option("--replace", help="Allow machines to be destroyed and made anew.")
    ] = False,
    undo_on_failure: Annotated[
        bool, typer.Option("--undo-on-failure", help="Undo what was changed if the proof fails.")
    ] = False,
    logs: Annotated[
        Path | None, typer.Option("--logs", help="Where guests' logs go when something fails.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Make a pair as its file says, and prove that its virtual IP works. May be repeated.

    Example: vipprov vm create examples/pair.yaml
    """
    import os

    from vipprov.guest.deadline import SystemClock
    from vipprov.pipelines import request as asking
    from vipprov.pipelines import standby

    request = asking.read(path)
    with standby.ready(request, environment=os.environ, clock=SystemClock()) as ready:
        # Loaded while the observers listen for a second, which is what an unchanged run lasts.
        from vipprov.pipelines import addressed, create, report, words

        wishes = create.Wishes(may_replace=replace, undo_on_failure=undo_on_failure, logs=logs)
        outcome = create.create(ready, wishes=wishes, say=note)
    emit(
        words.outcome_document(outcome),
        as_json=as_json,
        text=words.outcome_text(outcome),
    )
    if not outcome.report.passed and undo_on_failure:
        raise CheckFailedError(
            f"The virtual IP of {outcome.pair} was not proven; what this run changed is undone.",
            hint="Without --undo-on-failure it stays, so that you can look at it.",
        )
    if not outcome.report.passed:
        named = addressed.named(request.pair)
        undone = "" if outcome.report.failed else report.undone(outcome.report)
        raise CheckFailedError(
            f"{outcome.pair} is up, but its virtual IP is not proven.",
            details=undone,
            hint=f"`vipprov verify {named}` asks again; `vipprov vm destroy {named}` removes it.",
        )


@app.command("list")
def list_pairs(*, on: On = "lxc:///system", as_json: AsJson = False) -> None:
    """List the pairs on a hypervisor.

    Example: vipprov vm list --json
    """
    from vipprov.pipelines import fleet, words

    with opened.hypervisor(on) as hypervisor:
        pairs = fleet.pairs(hypervisor.machines)
        for line in fleet.unreadable(hypervisor.machines):
            note(line)
    emit(
        [words.fleet_document(pair) for pair in pairs],
        as_json=as_json,
        text=words.fleets_text(pairs),
    )


@app.command("show")
def show_pair(name: PairName, *, on: On = "lxc:///system", as_json: AsJson = False) -> None:
    """Show the machines of a pair.

    Example: vipprov vm show web
    """
    from vipprov.pipelines import fleet, words

    with opened.hypervisor(on) as hypervisor:
        pair = fleet.pair(hypervisor.machines, name)
        told = fleet.told(pair)
        for line in fleet.unreadable(hypervisor.machines):
            note(line)
    emit(words.fleet_document(pair, told), as_json=as_json, text=words.fleet_text(pair, told))


@app.command("destroy")
def destroy_pair(
    name: PairName,
    *,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")] = False,
    on: On = "lxc:///system",
    as_json: AsJson = False,
) -> None:
    """Remove a pair with all that was made for it. Asks on a terminal, wants --yes elsewhere.

    Example: vipprov vm destroy web --yes
    """
    from vipprov.pipelines import destroy, fleet
    from vipprov.pipelines.cli.consent import demand

    with opened.hypervisor(on) as hypervisor:
        members = fleet.members(hypervisor.machines, name)
    if members:  # asked while nothing is open: an answer may take its time
        demand(f"Remove the pair {name} ({', '.join(members)})?", yes=yes)
    with opened.hypervisor(on, seconds=destroy.SECONDS) as hypervisor:
        done = destroy.destroy(hypervisor, name, say=note)
    emit(
        {
            "pair": name,
            "removed": list(done.machines),
            "edited_ports": list(done.edited),
            "edited_port_groups": list(done.kept),
        },
        as_json=as_json,
        text=f"{name} is gone",
    )
    if done.edited:
        raise CheckFailedError(
            f"{name} is gone, but somebody else had changed its ports since vipprov opened them.",
            details="\n".join(done.edited),
            hint="They went with their machines as they were; nothing else is left of the pair.",
        )
    if done.kept:
        raise CheckFailedError(
            f"{name} is gone, but a port group is not as it was: somebody else had changed it.",
            details="\n".join(done.kept),
            hint="It stays as they left it. Brought to one of the first two versions by hand, it is"
            " given back by `vipprov portgroup restore`.",
        )
