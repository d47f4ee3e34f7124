"""A vCenter whose password is a canary, and where the canary may be seen."""

import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from lab.command import VIPPROV, all_arguments
from vsphere.simulator import Simulator, started

CANARY = "canary-93be41d7"


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """How a command ended, and the arguments of all processes meanwhile."""

    code: int
    text: str
    arguments: str


def vcenter(folder: Path) -> Iterator[Simulator]:
    """Yield a vCenter whose password is the canary."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("VCSIM_PASSWORD", CANARY)
        yield from started("vcenter", folder)


def run(words: tuple[str, ...], simulator: Simulator, environment: dict[str, str]) -> Run:
    """Run a command, with the simulator's address for URL, and watch all processes meanwhile."""
    arguments: set[str] = set()
    url = simulator.url
    with subprocess.Popen(
        [VIPPROV, *(url if word == "URL" else word for word in words)],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        env=environment,
    ) as process:
        while process.poll() is None:
            arguments |= set(all_arguments())
            try:
                process.wait(timeout=0.02)
            except subprocess.TimeoutExpired:
                continue
        assert process.stdout is not None
        text = process.stdout.read()
    return Run(code=process.returncode, text=text, arguments="\n".join(arguments))


def require_secret(done: Run, environment: dict[str, str], *, secret: str = CANARY) -> None:
    """See that the secret is in no output, no argument, and no file that is left."""
    assert secret not in done.text
    assert secret not in done.arguments
    left = [path for path in Path(environment["TMPDIR"]).rglob("*") if path.is_file()]
    assert [path for path in left if secret in path.read_text(errors="replace")] == []
