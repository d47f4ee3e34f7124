"""What guests have logged: kept before they are removed, or shown."""

from collections.abc import Iterable, Mapping
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

from vipprov.guest import undo
from vipprov.hv.machines import Machines
from vipprov.hv.plaintext import plain


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


def ends(machines: Machines, name: str, *, lines: int) -> dict[str, str]:
    """Return the last lines of each log of a machine, by the name of the log."""
    with TemporaryDirectory(prefix="vipprov-logs-") as folder:
        machines.save_logs(name, Path(folder))
        return {
            path.name: "\n".join(map(plain, _lines(path)[-lines:]))
            for path in sorted(Path(folder).iterdir())
            if path.is_file()
        }


def _lines(path: Path) -> list[str]:
    return path.read_text(errors="replace").splitlines()


def text(logs: Mapping[str, str]) -> str:
    """Return the logs one under another, each below its name."""
    return "\n\n".join(f"==> {name}\n{content}" for name, content in logs.items())
