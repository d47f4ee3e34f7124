"""Tasks: what vSphere does for us while we wait, and what came of it."""

from collections.abc import Callable
from typing import Any

from pyVmomi import vim

from vipprov.guest import undo
from vipprov.guest.errors import DeadlineError
from vipprov.hv.switchgroup import StaleError
from vipprov.hv.vsphere import collect
from vipprov.hv.vsphere.faults import ours
from vipprov.hv.vsphere.session import Session

EVERY = 0.1
TRIES = 4
PAUSE = 1.0
_PATHS = ("info.state", "info.error", "info.result")


def run(session: Session, doing: str, begin: Callable[[], Any]) -> Any:  # noqa: ANN401  the SDK's own
    """Return the result of the task that this begins; raise our error if it does not end well.

    One that the deadline overtakes is cancelled, where vSphere can. One that somebody else's work
    on the object stands in the way of, a backup or a migration, is begun again a few times.
    """
    for _ in range(TRIES - 1):
        try:
            return _run(session, doing, begin)
        except StaleError:
            session.by.clock.sleep(min(PAUSE, session.patience.remaining))
    return _run(session, doing, begin)


def _run(session: Session, doing: str, begin: Callable[[], Any]) -> Any:  # noqa: ANN401
    task = session.call(doing, begin)

    def ended() -> collect.Read | None:
        (found,) = collect.these(session, vim.Task, [task], _PATHS)
        return found if found["info.state"] in {"success", "error"} else None

    try:
        found = session.patience.poll(ended, what=f"vSphere to {doing}", every=EVERY)
    except DeadlineError:
        undo.caught(lambda: session.call(f"stop to {doing}", task.CancelTask))
        raise
    if found["info.state"] == "error":
        raise ours(found["info.error"], doing)
    return found["info.result"]
