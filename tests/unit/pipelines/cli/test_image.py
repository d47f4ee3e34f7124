"""What `image remove` takes for its own, said through the program itself."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

VIPPROV = Path(sys.executable).with_name("vipprov")


def remove(state: Path, *arguments: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [VIPPROV, "image", "remove", *arguments],
        env=os.environ | {"VIPPROV_STATE": str(state)},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )


@pytest.fixture
def part(tmp_path: Path) -> Path:
    part = tmp_path / "images/.downloads/one.part"
    part.parent.mkdir(parents=True)
    part.write_bytes(bytes(3_000_000))
    return part


def test_unfinished_downloads_are_removed_when_that_is_agreed(tmp_path: Path, part: Path) -> None:
    asked = remove(tmp_path, "--unfinished")
    assert asked.returncode == 2
    assert "Remove 3 MB of unfinished downloads?" in asked.stderr
    assert part.exists()
    done = remove(tmp_path, "--unfinished", "--yes", "--json")
    assert json.loads(done.stdout) == {"removed": [str(part)]}
    assert not part.exists()


def test_there_may_be_nothing_to_remove(tmp_path: Path) -> None:
    done = remove(tmp_path, "--unfinished")
    assert done.returncode == 0
    assert done.stdout == "There are no unfinished downloads.\n"


@pytest.mark.parametrize(
    "arguments", [[], ["rocky-9", "--unfinished"], ["--unfinished", "--for", "qemu"]], ids=" ".join
)
def test_one_thing_is_removed_at_a_time(tmp_path: Path, part: Path, arguments: list[str]) -> None:
    refused = remove(tmp_path, *arguments, "--yes")
    assert refused.returncode == 2
    assert "--unfinished" in refused.stderr
    assert part.exists()
