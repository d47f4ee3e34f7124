"""The guard: a process that takes a fault back when the one that inflicted it dies without a word.

It runs as `python -m vipprov.pipelines.guard URI PAIR GUEST FAULT` and reads its standard input: a
line says that all is well, and an end without a line that nobody is left to say so.
"""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress

from vipprov.guest.fault import Fault
from vipprov.guest.pair import Guest

SECONDS = 60.0
_GUARDED = b"\n"


@contextmanager
def guarding(on: str, pair: str, fault: Fault, guest: Guest) -> Iterator[None]:
    """Have the fault taken back should this process die within the block."""
    argv = (sys.executable, "-m", "vipprov.pipelines.guard", on, pair, guest.name, fault.value)
    with subprocess.Popen(
        argv,
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,  # what ends us at the terminal is for us to undo
    ) as process:
        try:
            yield
        finally:
            # Whoever raises an error has undone the fault, or says what is left of it.
            with suppress(BrokenPipeError):
                process.communicate(_GUARDED)


def main(on: str, pair: str, guest: str, fault: str) -> None:
    """Wait; heal the guest if whoever holds the other end of the pipe goes without a word."""
    if sys.stdin.buffer.readline() == _GUARDED:
        return
    from vipprov.guest.deadline import Deadline, SystemClock  # noqa: PLC0415  nothing is loaded
    from vipprov.hv import registry  # noqa: PLC0415  for a fault that is taken back in time
    from vipprov.pipelines import faults, fleet  # noqa: PLC0415

    by = Deadline.after(SECONDS, clock=SystemClock())
    with registry.connect(on, by=by) as hypervisor:
        described = fleet.described(hypervisor.machines, pair)
        faults.heal(Fault(fault), described.guest(guest), hypervisor, by=by)


if __name__ == "__main__":
    main(*sys.argv[1:])
