"""Change files in one running guest, and make them count."""

from collections.abc import Sequence
from pathlib import PurePosixPath

from vipprov.guest import update
from vipprov.guest.configuration import PLAIN, Configuration, GuestFile
from vipprov.guest.deadline import Deadline
from vipprov.guest.errors import GuestError
from vipprov.guest.update import FileChange
from vipprov.hv.machines import Runs
from vipprov.pipelines import guestfiles
from vipprov.pipelines.state import DesiredGuest

STOP = ("systemctl", "stop", "keepalived.service")
START = ("systemctl", "start", "keepalived.service")
FREEZE = ("systemctl", "kill", "--signal=STOP", "keepalived.service")
THAW = ("systemctl", "kill", "--signal=CONT", "keepalived.service")


def make(
    machines: Runs, guest: DesiredGuest, changes: tuple[FileChange, ...], *, by: Deadline
) -> None:
    """Write and remove files in the guest, then run what makes them take effect."""
    name = guest.spec.name
    files = tuple(
        GuestFile(path=one.path, content=one.after, mode=_mode(guest.configuration, one.path))
        for one in changes
        if one.after is not None
    )
    gone = [one.path for one in changes if one.after is None]
    if files:
        guestfiles.write(machines, name, files, by=by)
    if gone:
        guestfiles.remove(machines, name, gone, by=by)
    for command in update.activation(changes):
        run(machines, name, command, by=by)


def run(machines: Runs, name: str, command: Sequence[str], *, by: Deadline) -> None:
    """Run a command in the guest, or say with what words it failed."""
    done = machines.run(name, command, by=by)
    if done.code != 0:
        raise GuestError(
            f"{' '.join(command)} failed in {name}.",
            details=done.stderr.decode(errors="replace").strip(),
            hint="Mend the cause, and run `vipprov vm create` again.",
        )


def _mode(configuration: Configuration, path: PurePosixPath) -> int:
    """Return the mode of the file; one that this configuration has no more was a plain one."""
    modes = {file.path: file.mode for file in configuration.files}
    return modes.get(path, PLAIN)
