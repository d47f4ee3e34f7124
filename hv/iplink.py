"""Links by the program `ip` of iproute2.

A short command that needs three links starts `ip` in five milliseconds; the import of a netlink
library takes it a quarter of a second. The labs, which make many links, use pyroute2.
"""

import subprocess
from collections.abc import Iterable, Sequence

from vipprov.guest.deadline import Deadline
from vipprov.guest.errors import DeadlineError, HypervisorError

PROGRAM = "ip"
# What `ip` says ends up in error texts, so it says it in one language.
_ENVIRONMENT = {"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "LC_ALL": "C.UTF-8"}


def batch(
    commands: Iterable[Sequence[str]], *, doing: str, by: Deadline, descriptors: Sequence[int] = ()
) -> None:
    """Carry out `ip` commands in their order, up to the first that fails.

    `descriptors` stay open in the program, which reaches them as /proc/self/fd/N. Raises
    HypervisorError with what `ip` says, and DeadlineError when it does not end in time.
    """
    lines = "".join(f"{' '.join(command)}\n" for command in commands)
    try:
        done = subprocess.run(
            (PROGRAM, "-batch", "-"),
            input=lines,
            text=True,
            capture_output=True,
            check=False,
            env=_ENVIRONMENT,
            pass_fds=descriptors,
            timeout=by.remaining,
        )
    except FileNotFoundError as error:
        raise HypervisorError(
            f"Could not {doing}: the program ip is not installed.",
            hint="Install the package iproute2.",
        ) from error
    except subprocess.TimeoutExpired as error:
        raise DeadlineError(f"Could not {doing} in time.") from error
    if done.returncode != 0:
        raise HypervisorError(f"Could not {doing}.", details=done.stderr.strip())
