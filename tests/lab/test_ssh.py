"""One guest is entered, and its logs are shown; the host has no address on its networks."""

import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from lab.command import vipprov
from lab.conftest import document, write

pytestmark = [pytest.mark.lab, pytest.mark.usefixtures("leaves")]


@pytest.fixture(scope="module")
def key(tmp_path_factory: pytest.TempPathFactory, leaves: None) -> Iterator[Path]:  # noqa: ARG001  the bridges come first
    """Make a pair that lets this key in."""
    folder = tmp_path_factory.mktemp("ssh")
    private = folder / "id"
    subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", private], check=True)
    made = document("login", number=20, ssh_keys=[f"file:{private}.pub"])
    try:
        done = vipprov("vm", "create", write(folder / "pair.yaml", made))
        assert done.code == 0, done.err
        yield private
    finally:
        vipprov("vm", "destroy", "login", "--yes")


def test_command_runs_in_the_guest_with_its_exit_code(key: Path) -> None:
    done = vipprov("vm", "ssh", "-i", key, "login-2", "hostname; exit 9")
    assert done.out.strip() == "login-2"
    assert done.code == 9


def test_guest_that_is_not_there_is_not_found(key: Path) -> None:
    assert vipprov("vm", "ssh", "-i", key, "login-7", "true").code == 3


def test_key_that_the_pair_file_does_not_name_is_refused(key: Path, tmp_path: Path) -> None:
    other = tmp_path / "other"
    subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", other], check=True)
    done = vipprov("vm", "ssh", "-i", other, "login-1", "true")
    assert done.code == 255
    assert "Permission denied" in done.err
    assert key.exists()


def test_logs_are_shown_by_their_ends_and_saved_whole(key: Path, tmp_path: Path) -> None:
    shown = vipprov("vm", "logs", "login-1", "--lines", "3", "--json").document["logs"]
    assert all(len(text.splitlines()) <= 3 for text in shown.values())
    assert {"journal.log", "cloud-init.log"} <= set(shown)
    saved = vipprov("vm", "logs", "login-1", "--save", tmp_path / "logs")
    assert saved.code == 0, saved.err
    assert "Keepalived_vrrp" in (tmp_path / "logs" / "journal.log").read_text()
    assert key.exists()


def test_console_of_a_container_is_refused_with_what_to_do_instead(key: Path) -> None:
    refused = vipprov("vm", "console", "login-1", "--watch")
    assert refused.code == 6
    assert "vipprov vm logs login-1" in refused.err
    assert key.exists()
