"""Runs one long program: its lines are passed on as they come, and it ends by the deadline."""

import os
import selectors
import signal
import subprocess
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Protocol

from vipprov.guest.deadline import Deadline
from vipprov.guest.errors import DeadlineError, HypervisorError

Report = Callable[[str], None]
# What Debian and Ubuntu bring the programs in that we start.
PACKAGES = {"gpgv": "gpgv", "mke2fs": "e2fsprogs", "qemu-img": "qemu-utils"}


class Run(Protocol):
    """Runs a program to its end, with all its output in a log, and returns its exit code."""

    def __call__(self, argv: Sequence[str], *, log: Path, on_line: Report, by: Deadline) -> int: ...


def run(argv: Sequence[str], *, log: Path, on_line: Report, by: Deadline) -> int:
    """Run the program; when the deadline passes first, kill it and raise DeadlineError."""
    environment = {**os.environ, "LC_ALL": "C.UTF-8", "DEBIAN_FRONTEND": "noninteractive"}
    try:
        process = subprocess.Popen(
            argv,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            env=environment,
            start_new_session=True,
        )
    except FileNotFoundError as error:
        package = PACKAGES.get(argv[0])
        hint = f"apt-get install --no-install-recommends {package}" if package else ""
        raise HypervisorError(
            f"{argv[0]} is not installed.", hint=hint or "See vipprov doctor."
        ) from error
    with process, log.open("ab") as sink:
        try:
            _follow(process, sink.write, on_line, by)
            return process.wait(timeout=max(1.0, by.remaining))
        except (DeadlineError, subprocess.TimeoutExpired) as error:
            raise DeadlineError(
                f"{Path(argv[0]).name} did not end in time.", details=f"Its output is in {log}."
            ) from error
        finally:
            _end(process)


def _follow(
    process: subprocess.Popen[bytes],
    keep: Callable[[bytes], object],
    on_line: Report,
    by: Deadline,
) -> None:
    if process.stdout is None:
        return
    rest = b""
    with selectors.DefaultSelector() as selector:
        selector.register(process.stdout, selectors.EVENT_READ)
        while True:
            if by.remaining <= 0:
                raise DeadlineError("The deadline has passed.")
            if not selector.select(timeout=by.remaining):
                continue
            chunk = os.read(process.stdout.fileno(), 65536)
            if not chunk:
                return
            keep(chunk)
            *lines, rest = (rest + chunk).split(b"\n")
            for line in lines:
                on_line(line.decode(errors="replace"))


def _end(process: subprocess.Popen[bytes]) -> None:
    if process.poll() is None:
        os.killpg(process.pid, signal.SIGKILL)
