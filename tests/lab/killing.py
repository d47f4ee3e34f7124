"""A create that is killed, as if the machine that it runs on had died."""

import subprocess
from pathlib import Path

from lab.command import start


def kill_after(seconds: float, pair: Path) -> None:
    """Run `vm create` and kill it, unless it was quicker."""
    process = start("vm", "create", pair)
    try:
        process.communicate(timeout=seconds)
    except subprocess.TimeoutExpired:
        process.kill()
        process.communicate()
