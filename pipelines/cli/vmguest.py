"""`vipprov vm ssh|console|logs`: one guest of a pair."""

from pathlib import Path
from typing import Annotated

import typer

from vipprov.pipelines.cli import opened
from vipprov.pipelines.cli.opened import On
from vipprov.pipelines.cli.output import emit

SSH_SETTINGS = {"allow_interspersed_args": False}
LOGIN_SECONDS = 30.0

Guest = Annotated[str, typer.Argument(help="The guest.", metavar="GUEST")]


def ssh_to(
    name: Guest,
    command: Annotated[
        list[str] | None, typer.Argument(help="Run this instead of a shell.", metavar="COMMAND")
    ] = None,
    *,
    user: Annotated[
        str | None, typer.Option("--user", "-l", help="Log in as; default: the image's user.")
    ] = None,
    identity: Annotated[
        Path | None, typer.Option("--identity", "-i", help="The private key file to log in with.")
    ] = None,
    on: On = "lxc:///system",
) -> None:
    """Log in to a guest by ssh, through the hypervisor, or run a command there.

    Options come before the guest. Ends as ssh does: with the command's exit code, or 255.

    Example: vipprov vm ssh --on qemu:///system web-1 ip -br address
    """
    from tempfile import TemporaryDirectory

    from vipprov.guest.deadline import Deadline, SystemClock
    from vipprov.hv import registry
    from vipprov.pipelines import fleet, ssh

    remote = ssh.remote(name, command or ())
    by = Deadline.after(LOGIN_SECONDS, clock=SystemClock())
    with registry.connect(on, by=by) as hypervisor:
        fleet.guest(hypervisor.machines, name)
        login = ssh.login(hypervisor.machines, name, user=user, by=by)
    with TemporaryDirectory(prefix="vipprov-") as folder:
        known_hosts = Path(folder, "known_hosts")
        known_hosts.write_text(login.known_hosts)
        argv = ssh.command(
            name,
            hypervisor=on,
            login=login,
            files=ssh.Files(known_hosts=known_hosts, identity=identity),
            argv=remote,
        )
        raise typer.Exit(ssh.run(argv))


def console_of(
    name: Guest,
    *,
    watch: Annotated[
        bool, typer.Option("--watch", "-w", help="Only show what the guest says, until it is off.")
    ] = False,
    on: On = "lxc:///system",
) -> None:
    """Open the console of a guest; away from a terminal, show what it says until it is off.

    What a container says is kept by nobody: it has a console at a terminal alone. On vSphere there
    is none.

    Example: vipprov vm console web-1 --watch --on qemu:///system
    """
    import math
    import sys

    from vipprov.guest.deadline import SystemClock
    from vipprov.pipelines import console, fleet

    with opened.hypervisor(on, seconds=math.inf) as hypervisor:
        fleet.guest(hypervisor.machines, name)
        is_terminal = sys.stdin.isatty() and sys.stdout.isatty()
        # vSphere has no console for terminals, and says so when it is to be watched.
        if watch or not is_terminal or hypervisor.switches is not None:
            console.watch(hypervisor.machines, name, write=_raw, clock=SystemClock())
            return
    raise typer.Exit(console.interact(on, name))


def logs_of(
    name: Guest,
    *,
    lines: Annotated[int, typer.Option("--lines", "-n", min=1, help="How many of each log.")] = 50,
    save: Annotated[
        Path | None, typer.Option("--save", help="Copy the whole logs into this folder instead.")
    ] = None,
    on: On = "lxc:///system",
    as_json: Annotated[bool, typer.Option("--json", help="One JSON document on stdout.")] = False,
) -> None:
    """Show what a guest has logged: console, cloud-init, journal; also of one that is off.

    Example: vipprov vm logs web-1 --lines 20
    """
    from vipprov.pipelines import fleet, guestlogs

    with opened.hypervisor(on) as hypervisor:
        fleet.guest(hypervisor.machines, name)
        if save is not None:
            hypervisor.machines.save_logs(name, save)
            files = sorted(path.name for path in save.iterdir())
            document = {"guest": name, "folder": str(save.absolute()), "files": files}
            emit(document, as_json=as_json, text=f"{name}: {', '.join(files)} are in {save}")
            return
        logs = guestlogs.ends(hypervisor.machines, name, lines=lines)
    emit({"guest": name, "logs": logs}, as_json=as_json, text=guestlogs.text(logs))


def _raw(text: bytes) -> None:
    """Pass on bytes as they came: what a terminal makes of a console is the terminal's business."""
    import sys

    sys.stdout.buffer.write(text)
    sys.stdout.buffer.flush()
