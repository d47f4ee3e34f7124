"""A command that nobody listens to, or that is told no, ends quietly."""

import os
import pty
import subprocess
import sys
from pathlib import Path

import pytest

VIPPROV = Path(sys.executable).with_name("vipprov")
ASKS = """\
import typer
from vipprov.pipelines.cli import consent
typer.run(lambda: consent.demand("Remove it?", yes=False))
"""


@pytest.mark.parametrize("unbuffered", ["", "1"])
@pytest.mark.parametrize("stream", ["stdout", "stderr"])
def test_reader_that_has_gone_away_is_no_error(stream: str, unbuffered: str) -> None:
    reading, writing = os.pipe()
    os.close(reading)
    streams = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, stream: writing}
    command = [VIPPROV, "schema"] if stream == "stdout" else [VIPPROV, "vm", "plan", "/nowhere"]
    try:
        done = subprocess.run(  # type: ignore[call-overload]  # two streams, by name
            command,
            **streams,
            check=False,
            timeout=60,
            env=os.environ | {"PYTHONUNBUFFERED": unbuffered},
        )
    finally:
        os.close(writing)
    assert done.returncode == (0 if stream == "stdout" else 2)
    assert not done.stderr
    assert not done.stdout


def test_result_that_cannot_be_written_is_an_error_in_words() -> None:
    with Path("/dev/full").open("wb") as full:
        done = subprocess.run(
            [VIPPROV, "schema"], stdout=full, stderr=subprocess.PIPE, check=False, text=True
        )
    assert done.returncode == 4
    assert "could not be written" in done.stderr
    assert "bug" not in done.stderr


@pytest.mark.parametrize(("answer", "code"), [("n\n", 1), ("\n", 1), ("\x04", 1), ("y\n", 0)])
def test_only_a_yes_lets_something_be_destroyed(answer: str, code: int) -> None:
    ours, theirs = pty.openpty()
    try:
        os.write(ours, answer.encode())
        done = subprocess.run(
            [sys.executable, "-c", ASKS],
            stdin=theirs,
            capture_output=True,
            text=True,
            check=False,
            timeout=60,
        )
    finally:
        os.close(ours)
        os.close(theirs)
    assert done.returncode == code
    assert ("Nothing was changed." in done.stderr) is (code == 1)
    assert "Traceback" not in done.stderr
