"""Work inside another network namespace, in a thread that does nothing else."""

import ctypes
import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TypeVar

from vipprov.guest.errors import HypervisorError

CLONE_NEWNET = 0x40000000

Result = TypeVar("Result")


def within(namespace: Path, work: Callable[[], Result]) -> Result:
    """Return what the work returns when it is done inside the network namespace of this file."""
    # A namespace is entered by a thread; one that has ended can do no other work in it by mistake.
    with ThreadPoolExecutor(max_workers=1) as helper:
        return helper.submit(_entered, namespace, work).result()


def _entered(namespace: Path, work: Callable[[], Result]) -> Result:
    # os.setns exists from Python 3.12 on.
    libc = ctypes.CDLL(None, use_errno=True)
    descriptor = os.open(namespace, os.O_RDONLY | os.O_CLOEXEC)
    try:
        if libc.setns(descriptor, CLONE_NEWNET) != 0:
            raise HypervisorError(
                f"Could not enter the network namespace {namespace}.",
                details=os.strerror(ctypes.get_errno()),
                hint="Run as root.",
            )
        return work()
    finally:
        os.close(descriptor)
