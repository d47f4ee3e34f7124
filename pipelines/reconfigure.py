"""Change running guests without making them anew, and with never more than one owner of the vIP."""

from collections.abc import Callable, Sequence

from vipprov.guest import update
from vipprov.guest.deadline import Deadline
from vipprov.guest.errors import GuestError
from vipprov.hv.machine import Machines
from vipprov.pipelines import guestfiles, roles
from vipprov.pipelines.plan import Reconfigure

STOP = ("systemctl", "stop", "keepalived.service")
START = ("systemctl", "start", "keepalived.service")
OWNER_SECONDS = 30.0


def apply(
    changes: Sequence[Reconfigure],
    machines: Machines,
    *,
    by: Deadline,
    say: Callable[[str], None],
) -> None:
    """Change the guests one after another, the owner first: a backup must not be faster than it.

    A change of what all members must share would make each side deaf to the other, and both owners.
    So the backups stop first, the owner changes alone, and the backups come back to its new words.
    """
    if not changes:
        return
    owners = roles.owners(machines, [change.guest.spec.name for change in changes], by=by)
    backups = [change for change in changes if change.guest.spec.name not in owners]
    masters = [change for change in changes if change.guest.spec.name in owners]
    if not any(update.disruptive(change.changes) for change in changes):
        for change in (*masters, *backups):
            _change(change, machines, by=by)
        return
    say("the change touches what all members share: the backups stop while the owner changes")
    for change in backups:
        _run(machines, change, STOP, by=by)
    for change in masters:
        _change(change, machines, by=by)
    if backups and masters:
        _await_owner(machines, owners, by=by)
    for change in backups:
        _change(change, machines, by=by)
        _run(machines, change, START, by=by)


def _await_owner(machines: Machines, names: frozenset[str], *, by: Deadline) -> None:
    """Return once the owner has the vIP again: a backup that came sooner could take it away."""
    by.within(OWNER_SECONDS).poll(
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
