"""Read and write files in a running guest, each in one round trip.

Only POSIX sh and coreutils are asked of the guest; contents travel as base64, so that any byte
arrives, and paths as arguments or as fields, never as shell text.
"""

import base64
from collections.abc import Iterable, Mapping
from pathlib import PurePosixPath

from vipprov.guest.configuration import GuestFile
from vipprov.guest.deadline import Deadline
from vipprov.guest.errors import GuestError
from vipprov.hv.machine import Completed
from vipprov.hv.machines import Runs

READ = """\
for path in "$@"; do
    if [ -f "$path" ]; then printf '%s ' "$path"; base64 -w 0 < "$path"; echo; fi
done"""

# A file is complete before it has its name, so that a reader or a crash never sees half of it.
WRITE = """\
set -eu
while read -r mode path content; do
    mkdir -p "${path%/*}"
    printf '%s' "$content" | base64 -d > "$path.vipprov-new"
    chmod "$mode" "$path.vipprov-new"
    mv -f "$path.vipprov-new" "$path"
done"""


def read(
    machines: Runs, name: str, paths: Iterable[PurePosixPath], *, by: Deadline
) -> Mapping[PurePosixPath, str]:
    """Return the content of those of the files that are there."""
    done = machines.run(name, ("sh", "-c", READ, "sh", *map(str, paths)), by=by)
    _demand(done, f"Could not read the configuration of {name}.")
    found: dict[PurePosixPath, str] = {}
    for line in done.text.splitlines():
        path, _, content = line.partition(" ")
        found[PurePosixPath(path)] = base64.b64decode(content).decode(errors="replace")
    return found


def write(machines: Runs, name: str, files: Iterable[GuestFile], *, by: Deadline) -> None:
    """Write the files, each whole or not at all."""
    lines = (f"{file.mode:o} {file.path} {_packed(file.content)}\n" for file in files)
    done = machines.run(name, ("sh", "-c", WRITE), by=by, stdin="".join(lines).encode())
    _demand(done, f"Could not write the configuration of {name}.")


def remove(machines: Runs, name: str, paths: Iterable[PurePosixPath], *, by: Deadline) -> None:
    """Remove the files; those that are not there are no fault."""
    done = machines.run(name, ("rm", "-f", "--", *map(str, paths)), by=by)
    _demand(done, f"Could not remove old configuration of {name}.")


def _packed(content: str) -> str:
    return base64.b64encode(content.encode()).decode()


def _demand(done: Completed, brief: str) -> None:
    if done.code != 0:
        raise GuestError(brief, details=done.stderr.decode(errors="replace").strip())
