"""How a trial ends."""

import ctypes
import os
import sys
from collections.abc import Callable

CLONE_NEWNS = 0x00020000
CLONE_NEWUSER = 0x10000000
CLONE_NEWNET = 0x40000000

# A Python that cannot even begin ends with 1, which says nothing of what was to be tried.
WORKS, FAILS, UNKNOWN = 0, 3, 2


class UntoldError(Exception):
    """Nobody could tell from where the trial stands."""


def run(trial: Callable[[], str]) -> None:
    """Try, print what came of it, and end the process."""
    code = WORKS
    try:
        text = trial()
    except UntoldError as error:
        text, code = str(error), UNKNOWN
    except OSError as error:
        text, code = str(error), FAILS
    sys.stdout.write(f"{text}\n")
    sys.exit(code)


def enter(flags: int) -> None:
    """Enter new namespaces; an ordinary user gets a user namespace too, where that is allowed."""
    if os.geteuid() != 0:
        flags |= CLONE_NEWUSER
    # os.unshare exists from Python 3.12 on.
    if libc().unshare(flags) != 0:
        reason = os.strerror(ctypes.get_errno())
        raise UntoldError(f"no namespace to try it in: {reason}")


def libc() -> ctypes.CDLL:
    """Return the C library, with errors kept."""
    return ctypes.CDLL(None, use_errno=True)
