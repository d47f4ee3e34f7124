"""A secret is where the guest needs it, for root alone, and nowhere else."""

import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from lab import containers
from lab.command import VIPPROV, Ended, all_arguments, vipprov
from lab.conftest import document, write

pytestmark = [pytest.mark.lab, pytest.mark.usefixtures("leaves")]

CANARY = "canary-6d1f0a77"
REMARK = "canary: what the comments of a pair file say is nobody else's business"
STATE = Path("/var/lib/vipprov/machines")


@pytest.fixture(scope="module")
def created(
    tmp_path_factory: pytest.TempPathFactory,
    leaves: None,  # noqa: ARG001  the bridges come first
) -> Iterator[tuple[Ended, str]]:
    """Make a pair with a password; return how that ended and all process arguments seen."""
    folder = tmp_path_factory.mktemp("secret")
    made = document("secret", number=17, password="env:GUEST_PASSWORD")  # noqa: S106  a reference
    arguments: set[str] = set()
    path = write(folder / "pair.yaml", made)
    path.write_text(f"{path.read_text()}# {REMARK}\n")
    environment = {**os.environ, "GUEST_PASSWORD": CANARY, "TMPDIR": str(folder)}
    try:
        with subprocess.Popen(
            [VIPPROV, "vm", "create", path, "--json"],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            env=environment,
        ) as process:
            while process.poll() is None:
                arguments |= set(all_arguments())
            out, err = process.communicate()
        ended = Ended(code=process.returncode, out=out, err=err)
        yield ended, "\n".join(arguments)
    finally:
        vipprov("vm", "destroy", "secret", "--yes")


def holding(text: str, *folders: Path) -> list[Path]:
    """Return the files below these folders that hold the text."""
    found = subprocess.run(
        ["grep", "-rlFs", "--devices=skip", text, *folders],
        capture_output=True,
        text=True,
        check=False,
    )
    return [Path(line) for line in found.stdout.splitlines()]


def test_password_works_but_is_nowhere_in_the_clear(
    created: tuple[Ended, str], tmp_path: Path
) -> None:
    ended, arguments = created
    assert ended.code == 0, ended.err
    assert CANARY not in ended.out + ended.err
    assert CANARY not in arguments
    assert CANARY not in containers.virsh("dumpxml", "secret-1")
    assert holding(CANARY, STATE, Path("/var/log"), Path("/run/vipprov"), tmp_path.parent) == []


def test_hash_is_in_files_of_root_alone(created: tuple[Ended, str]) -> None:
    assert created[0].code == 0
    shadow = containers.inside("secret-1", "cat /etc/shadow")
    (hashed,) = [
        field for line in shadow.splitlines() for field in line.split(":") if field.startswith("$2")
    ]
    assert STATE.joinpath("secret-1").stat().st_mode & 0o077 == 0
    assert hashed not in containers.virsh("dumpxml", "secret-1")
    assert hashed not in created[0].out + created[0].err + created[1]
    for path in holding(hashed, STATE / "secret-1" / "upper"):
        assert path.stat().st_mode & 0o077 in (0, 0o040), path  # shadow is for its group too


def test_comments_of_the_pair_file_are_not_for_whoever_may_look(created: tuple[Ended, str]) -> None:
    assert created[0].code == 0
    assert REMARK not in containers.virsh("-r", "dumpxml", "secret-1")


def test_error_about_a_secret_does_not_show_it(tmp_path: Path) -> None:
    made = document("secret", number=17, password=CANARY)
    refused = vipprov("vm", "create", write(tmp_path / "pair.yaml", made))
    assert refused.code == 2
    assert CANARY not in refused.out + refused.err
    assert "env:" in refused.err
