"""Guests that can be entered from their host, as containers can."""

import os
import signal
import subprocess
from collections.abc import Sequence
from typing import IO

from vipprov.guest.deadline import Deadline
from vipprov.guest.errors import DeadlineError, HypervisorError
from vipprov.hv.machine import Completed
from vipprov.hv.machines import Runs

# How soon it is noticed that a deadline was cancelled.
GLANCE_SECONDS = 0.2


def read(machines: Runs, name: str, path: str, *, by: Deadline) -> bytes | None:
    """Return what the file holds, or None where it cannot be read."""
    done = machines.run(name, ("cat", path), by=by)
    return done.stdout if done.code == 0 else None


def completed(name: str, argv: Sequence[str], *, by: Deadline, stdin: bytes) -> Completed:
    """Run a command that enters a guest from its host.

    It has a process group of its own, so that all of it ends by the deadline, once that is
    cancelled, or when this is interrupted. Raises DeadlineError where time was over, and
    HypervisorError where the program is not installed.
    """
    # Not a pipe: `communicate` forgets what it has not handed over yet when its time is over.
    with open(os.memfd_create("stdin"), "w+b") as given:  # noqa: PTH123  it has no path
        given.write(stdin)
        given.seek(0)
        process = _begun(argv, given)
    with process:
        try:
            return _ended(name, process, by=by)
        except BaseException:
            if process.returncode is None:  # not waited for yet, so the number is still its own
                os.killpg(process.pid, signal.SIGKILL)
            raise


def _ended(name: str, process: "subprocess.Popen[bytes]", *, by: Deadline) -> Completed:
    while True:
        try:
            stdout, stderr = process.communicate(timeout=min(by.remaining, GLANCE_SECONDS))
        except subprocess.TimeoutExpired:
            if by.remaining > 0:
                continue
            raise DeadlineError(f"A command in {name} did not end in time.") from None
        return Completed(code=process.returncode, stdout=stdout, stderr=stderr)


def _begun(argv: Sequence[str], stdin: IO[bytes]) -> "subprocess.Popen[bytes]":
    try:
        return subprocess.Popen(
            argv,
            stdin=stdin,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            start_new_session=True,
            env={"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "LC_ALL": "C.UTF-8"},
            cwd="/",
        )
    except FileNotFoundError as error:
        raise HypervisorError(
            f"{argv[0]}, which enters containers, is not installed.",
            hint="Install the package util-linux.",
        ) from error
