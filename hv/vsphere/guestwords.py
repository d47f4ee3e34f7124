"""What is run in a guest around each command, and what it leaves there."""

from typing import Final

from vipprov.guest.errors import GuestError
from vipprov.hv.machine import Completed

ENVIRONMENT: Final = ("PATH=/usr/sbin:/usr/bin:/sbin:/bin", "LC_ALL=C.UTF-8")
FOLDER: Final = "/run"  # in memory, and root's alone: what is left behind goes with the next boot

# Its arguments: where its files go, the seconds that the command has, and the command.
WRAPPER: Final = """\
umask 077
at=$1 seconds=$2
shift 2
[ -e "$at.in" ] || : >"$at.in"
timeout --signal=KILL "$seconds" "$@" <"$at.in" >"$at.out" 2>"$at.err"
code=$?
{ echo "$code $(wc -c <"$at.out")"; cat "$at.out" "$at.err"; } >"$at.new"
rm -f "$at.in" "$at.out" "$at.err"
mv "$at.new" "$at.done"
"""


def completed(name: str, text: bytes) -> Completed:
    """Return how the command ended, from what the wrapper left."""
    head, _, rest = text.partition(b"\n")
    code, _, length = head.partition(b" ")
    if not code.isdigit() or not length.strip().isdigit():
        raise GuestError(f"A command in {name} left an answer that makes no sense.")
    end = int(length)
    return Completed(code=int(code), stdout=rest[:end], stderr=rest[end:])
