"""What stands for a guest of the simulator: a program that answers for what would run in it.

The simulator starts it with a way to answer, the machine's name, a folder for its disk, the path of
the program and its arguments. Nothing of a guest is real here but its files, and the wrapper of the
shell where the way is `shell`: then the command is run as well, for the contract's are harmless.
"""

import json
import os
import shlex
import subprocess
import sys
from pathlib import Path
from typing import Any

from vipprov.hv.vsphere import guestwords


def main(way: str, name: str, disk: str, program: str, arguments: str) -> int:
    """Answer for one program that was started in the guest."""
    words = shlex.split(arguments)
    flag, wrapper, _, at, seconds, *argv = words
    if (program, flag, wrapper) != ("/bin/sh", "-c", guestwords.WRAPPER):
        return 127
    place = Path(disk) / at.lstrip("/")
    place.parent.mkdir(parents=True, exist_ok=True)
    if way == "shell":
        chosen = _harmless(Path(disk), argv)
        return subprocess.run(
            [program, flag, wrapper, "vipprov", place, seconds, *chosen], check=False
        ).returncode
    sys.path[0] = str(Path(__file__).parents[1])
    from vsphere import acted  # noqa: PLC0415  only pairs need the pair file and what it brings

    given = place.with_name(f"{place.name}.in")
    stdin = given.read_bytes() if given.exists() else b""
    done = acted.act(Path(way), name, Path(disk), argv, stdin)
    head = f"{done.code} {len(done.stdout)}\n".encode()
    place.with_name(f"{place.name}.done").write_bytes(head + done.stdout + done.stderr)
    return 0


def told(disk: Path) -> dict[str, Any]:
    """Return what the machine hands to its guest."""
    found: dict[str, Any] = json.loads((disk / "guestinfo.json").read_text())
    return found


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
