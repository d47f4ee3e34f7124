"""The installed command, run as a user would."""

import json
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import schemas

VIPPROV = Path(sys.executable).with_name("vipprov")


@dataclass(frozen=True, slots=True, kw_only=True)
class Ended:
    """How a run of the command ended, and what it was told."""

    code: int
    out: str
    err: str
    arguments: tuple[str, ...] = ()

    @property
    def document(self) -> Any:  # noqa: ANN401  a JSON document, read by tests
        """Return what it printed with --json, which has to be what its schema says."""
        found = json.loads(self.out)
        if self.arguments:
            schemas.require(schemas.of(self.arguments), found)
        return found


def vipprov(*arguments: str | Path, environment: dict[str, str] | None = None) -> Ended:
    """Run the command to its end."""
    done = subprocess.run(
        [VIPPROV, *map(str, arguments)],
        capture_output=True,
        text=True,
        check=False,
        timeout=400,
        env=environment,
    )
    told = tuple(map(str, arguments))
    return Ended(code=done.returncode, out=done.stdout, err=done.stderr, arguments=told)


def start(*arguments: str | Path) -> subprocess.Popen[str]:
    """Start the command and return its process."""
    return subprocess.Popen(
        [VIPPROV, *map(str, arguments)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def all_arguments() -> Iterator[str]:
    """Yield what every process of this machine was started with."""
    for process in Path("/proc").glob("[0-9]*"):
        try:
            yield (process / "cmdline").read_text(errors="replace")
        except OSError:  # it has ended meanwhile
            continue
