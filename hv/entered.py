"""Read a file in a guest that can be entered, where there is no cheaper way to it."""

from vipprov.guest.deadline import Deadline
from vipprov.hv.machines import Runs


def read(machines: Runs, name: str, path: str, *, by: Deadline) -> bytes | None:
    """Return what the file holds, or None where it cannot be read."""
    done = machines.run(name, ("cat", path), by=by)
    return done.stdout if done.code == 0 else None
