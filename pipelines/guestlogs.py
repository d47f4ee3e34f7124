"""Keep what guests have logged before they are removed."""

from collections.abc import Iterable
from functools import partial
from pathlib import Path

from vipprov.guest import undo
from vipprov.hv.machine import Machines


def save(names: Iterable[str], machines: Machines, folder: Path) -> str:
    """Copy the guests' logs below the folder; return a line that says where they are, or why not.

    This goes before an undoing, so nothing may keep that from coming.
    """
    tried = {
        name: undo.caught(partial(machines.save_logs, name, folder / name))
        for name in dict.fromkeys(names)
    }
    lost = [
        f"The logs of {name} could not be saved: {undo.told(error)}"
        for name, error in tried.items()
        if error is not None
    ]
    kept = [f"The guests' logs are in {folder}."] if len(lost) < len(tried) else []
    return "\n".join((*kept, *lost))
