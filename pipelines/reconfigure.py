"""Change running guests without making them anew, and with never more than one owner of the vIP."""

from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import replace

from vipprov.guest import update
from vipprov.guest.deadline import Deadline
from vipprov.guest.errors import GuestError
from vipprov.hv.machine import Machines
from vipprov.pipelines import guestfiles, roles
from vipprov.pipelines.plan import Reconfigure

STOP = ("systemctl", "stop", "keepalived.service")
START = ("systemctl", "start", "keepalived.service")
START_SECONDS = 10.0


def apply(
    changes: Sequence[Reconfigure],
    machines: Machines,
    *,
    by: Deadline,
    election: float,
    say: Callable[[str], None],
) -> None:
    """Change the guests one after another, the owner first: a backup must not be faster than it.

    A change of what all members must share would make each side deaf to the other, and both owners.
    So the backups stop first, the owner changes alone, and the backups come back to its new words.
    `election` is the seconds that the owner may take to find out that it still is one.
    """
    if not changes:
        return
    for change in changes:
        machines.set_mark(
            change.guest.spec.name, replace(change.guest.spec.mark, ready=True, pending=True)
        )
    owners = roles.owners(machines, [change.guest.spec.name for change in changes], by=by)
    backups = [change for change in changes if change.guest.spec.name not in owners]
    masters = [change for change in changes if change.guest.spec.name in owners]
    disruptive = any(update.disruptive(change.changes) for change in changes)
    if disruptive:
        say("the change touches what all members share: the backups stop while the owner changes")
        _stop(backups, machines, by=by)
    for change in masters:
        _change(change, machines, by=by)
    if disruptive and backups and masters:
        _await_owner(machines, owners, by=by.within(election))
    for change in backups:
        _change(change, machines, by=by)
        if disruptive:
            _run(machines, change, START, by=by)


def _stop(backups: Sequence[Reconfigure], machines: Machines, *, by: Deadline) -> None:
    """Stop keepalived on the backups; on a failure start it again where it was stopped.

    Once all have stopped, they stay so if something fails: a backup with its old words would be a
    second owner. The next run, which knows by the marks, goes on.
    """
    with ExitStack() as stopped:
        for change in backups:
            spare = Deadline.after(START_SECONDS, clock=by.clock)
            stopped.callback(machines.run, change.guest.spec.name, START, by=spare)
            _run(machines, change, STOP, by=by)
        stopped.pop_all()


def _await_owner(machines: Machines, names: frozenset[str], *, by: Deadline) -> None:
    """Return once the owner has the vIP again: a backup that came sooner could take it away."""
    by.poll(
        lambda: roles.owners(machines, names, by=by) or None, what="the owner to take the vIP back"
    )


def _change(change: Reconfigure, machines: Machines, *, by: Deadline) -> None:
    files = [
        change.guest.configuration.file(one.path) for one in change.changes if one.after is not None
    ]
    gone = [one.path for one in change.changes if one.after is None]
    guestfiles.write(machines, change.guest.spec.name, files, by=by)
    if gone:
        guestfiles.remove(machines, change.guest.spec.name, gone, by=by)
    for command in update.activation(change.changes):
        _run(machines, change, command, by=by)


def _run(
    machines: Machines, change: Reconfigure, command: tuple[str, ...], *, by: Deadline
) -> None:
    done = machines.run(change.guest.spec.name, command, by=by)
    if done.code != 0:
        raise GuestError(
            f"{' '.join(command)} failed in {change.guest.spec.name}.",
            details=done.stderr.decode(errors="replace").strip(),
            hint="The new files are in place; mend the cause and run `vipprov vm create` again.",
        )
