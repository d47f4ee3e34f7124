"""What stands for a guest of the contract: the wrapper of the shell runs, and the command in it.

The simulator starts it with the machine's name, a folder for its disk, the path of the program and
its arguments. Nothing of a guest is real here but its files; the contract's commands are harmless.
"""

import os
import shlex
import subprocess
import sys
from pathlib import Path

from vipprov.hv.vsphere import guestwords


def main(_name: str, disk: str, program: str, arguments: str) -> int:
    """Run one program that was started in the guest."""
    words = shlex.split(arguments)
    flag, wrapper, _, at, seconds, *argv = words
    if (program, flag, wrapper) != ("/bin/sh", "-c", guestwords.WRAPPER):
        return 127
    place = Path(disk) / at.lstrip("/")
    place.parent.mkdir(parents=True, exist_ok=True)
    chosen = _harmless(Path(disk), argv)
    return subprocess.run(
        [program, flag, wrapper, "vipprov", place, seconds, *chosen], check=False
    ).returncode


def _harmless(disk: Path, argv: list[str]) -> list[str]:
    """Let the words of the contract speak of the guest's own files and links."""
    match argv:
        case ["cat", path] if path.endswith("/carrier"):
            return ["echo", "0" if os.environ["VCSIM_LINKS"] else "1"]
        case ["ip", *_]:
            return ["true"]
        case ["touch" | "test" | "cat" as verb, *rest]:
            return [verb, *(f"{disk}{word}" if word.startswith("/") else word for word in rest)]
        case _:
            return argv


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
