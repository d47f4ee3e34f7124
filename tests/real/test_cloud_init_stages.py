"""The server that a disk image runs cloud-init's stages from, with a cloud-init that only talks."""

import os
import socket
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from vipprov.guest.deadline import Deadline, SystemClock
from vipprov.hv.images import stages

pytestmark = pytest.mark.real

# Ends with the number of its arguments, so that each stage has a code of its own. What it says is
# still in its buffers then.
MAIN = """\
import sys
def main():
    print(*sys.argv)
    return len(sys.argv)
"""
EXITS = """\
import sys
def main():
    sys.exit(%s)
"""
FAILS = """\
def main():
    raise RuntimeError("no heart")
"""
LINGERS = """\
import time
class Heavy:
    def __del__(self):
        time.sleep(60)
heavy = Heavy()
def main():
    return 3
"""


class Server:
    """The server, started with pipes in a folder of the test's own."""

    def __init__(self, folder: Path, main: str = MAIN) -> None:
        self.pipes = folder / "pipes"
        modules = folder / "modules"
        for name in (*_names(), "cloudinit.cmd.main"):
            path = modules / (name.replace(".", "/") + ".py")
            path.parent.mkdir(parents=True, exist_ok=True)
            # Without these the real cloud-init, where it is installed, would be run by a test.
            for package in path.relative_to(modules).parents[:-1]:
                (modules / package / "__init__.py").touch()
            path.write_text(main)
        program = folder / "server"
        program.write_text(stages.SERVER.replace("/run/vipprov-cloud-init", str(self.pipes)))
        self.out = folder / "out"
        with (
            socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as messages,
            self.out.open("wb") as out,
        ):
            messages.bind(str(folder / "notify"))
            messages.settimeout(20)
            self.process = subprocess.Popen(
                ["python3", program],
                stdout=out,
                stderr=out,
                env={
                    "PATH": os.environ["PATH"],
                    "PYTHONPATH": str(modules),
                    "NOTIFY_SOCKET": str(folder / "notify"),
                },
            )
            assert messages.recv(64) == b"READY=1"

    def unit(self, name: str) -> int:
        """Run what the unit of a stage runs, and return how it ended."""
        stage, arguments = stages.STAGES[name]
        text = stages.STAGE_UNIT.format(unit=stages.UNIT, stage=stage, arguments=arguments)
        line = text.rpartition("ExecStart=/bin/sh -c ")[2].strip().strip("'")
        script = line.replace("\\\n", "").replace("/run/vipprov-cloud-init", str(self.pipes))
        script = script.replace("exec cloud-init", "exec echo by itself")
        return subprocess.run(["sh", "-c", script], check=False, timeout=20).returncode


def _names() -> tuple[str, ...]:
    """Return the modules that the server imports ahead."""
    block = stages.SERVER.partition("LATER = (")[2].partition(")")[0]
    return tuple(line.strip(' ",') for line in block.splitlines() if line.strip())


@contextmanager
def serving(folder: Path, main: str = MAIN) -> Iterator[Server]:
    server = Server(folder, main)
    try:
        yield server
    finally:
        server.process.kill()
        server.process.wait()


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    with serving(tmp_path) as server:
        yield server


def test_each_stage_runs_with_its_arguments_and_its_unit_ends_as_it_did(server: Server) -> None:
    codes = [server.unit(name) for name in stages.STAGES]
    assert codes == [3, 2, 3, 3]
    assert server.out.read_text().splitlines() == [
        "/usr/bin/cloud-init init --local",
        "/usr/bin/cloud-init init",
        "/usr/bin/cloud-init modules --mode=config",
        "/usr/bin/cloud-init modules --mode=final",
    ]


def test_after_the_last_stage_it_is_gone_and_stages_run_by_themselves(server: Server) -> None:
    assert server.unit("cloud-final") == 3
    by = Deadline.after(20, clock=SystemClock())
    assert by.poll(server.process.poll, what="the server's end") is not None
    assert server.unit("cloud-config") == 0


def test_a_stage_may_run_again_while_the_boot_goes_on(server: Server) -> None:
    assert [server.unit("cloud-config"), server.unit("cloud-config")] == [3, 3]


@pytest.mark.parametrize(
    ("code", "told", "said"),
    [("0", 0, ""), ("None", 0, ""), ("7", 7, ""), ("True", 1, ""), ("'no heart'", 1, "no heart")],
)
def test_a_stage_that_exits_by_itself_ends_as_it_says(
    code: str, told: int, said: str, tmp_path: Path
) -> None:
    with serving(tmp_path, EXITS % code) as server:
        assert server.unit("cloud-config") == told
        assert server.out.read_text().strip() == said


def test_a_stage_that_fails_says_why(tmp_path: Path) -> None:
    with serving(tmp_path, FAILS) as server:
        assert server.unit("cloud-config") == 1
        assert "RuntimeError: no heart" in server.out.read_text()


def test_nobody_waits_until_what_a_stage_holds_is_taken_down(tmp_path: Path) -> None:
    with serving(tmp_path, LINGERS) as server:
        assert server.unit("cloud-final") == 3
        assert server.process.wait(20) == 0
