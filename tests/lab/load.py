"""Load: cores that are kept busy, as beside a guest that works."""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

BUSY = "while True: pass"


@contextmanager
def busy(cores: int) -> Iterator[None]:
    """Keep so many cores busy within the block."""
    with ExitStack() as stack:
        for _ in range(cores):
            process = stack.enter_context(subprocess.Popen([sys.executable, "-c", BUSY]))
            stack.callback(process.kill)
        yield
