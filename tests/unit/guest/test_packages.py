"""What a guest lacks is installed at its first boot; nothing is asked for where all is there."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from factories import make_pair
from vipprov.guest import packages

CONTAINERS = make_pair()
VMS = make_pair(hypervisor="qemu:///system")


def program(folder: Path, name: str, body: str = "") -> None:
    path = folder / name
    path.write_text(f"#!/bin/sh\n{body}\n")
    path.chmod(0o755)


@pytest.fixture
def bin_folder(tmp_path: Path) -> Path:
    """Return a folder of programs in which apt-get and systemctl write down what they are told."""
    folder = tmp_path / "bin"
    folder.mkdir()
    for name in ("apt-get", "systemctl"):
        program(folder, name, f'echo {name} "$@" >>{tmp_path}/told; [ "$2" != is-active ]')
    for name in ("grep", "sed"):
        (folder / name).symlink_to(str(shutil.which(name)))
    return folder


def told(bin_folder: Path, command: tuple[str, ...]) -> list[str]:
    """Run the command among these programs alone, and return what they were told."""
    environment = {**os.environ, "PATH": str(bin_folder)}
    subprocess.run(("/bin/sh", *command[1:]), env=environment, check=True)
    log = bin_folder.parent / "told"
    return log.read_text().splitlines() if log.exists() else []


def test_nothing_is_asked_for_where_all_is_there(bin_folder: Path) -> None:
    for name in ("keepalived", "qemu-ga"):
        program(bin_folder, name)
    assert told(bin_folder, packages.install_missing(VMS)) == []


def test_container_gets_keepalived_alone(bin_folder: Path) -> None:
    last = told(bin_folder, packages.install_missing(CONTAINERS))[-1]
    assert last == "apt-get -qy install keepalived"
    assert packages.listen(CONTAINERS) == ()


def test_vm_gets_its_agent_as_well(bin_folder: Path) -> None:
    last = told(bin_folder, packages.install_missing(VMS))[-1]
    assert last == "apt-get -qy install keepalived qemu-guest-agent"


@pytest.mark.parametrize("setting", ["BLACKLIST_RPC", "BLOCK_RPCS", "FILTER_RPC_ARGS"])
def test_agent_that_is_forbidden_to_run_commands_is_allowed_to_and_begins_anew(
    bin_folder: Path, tmp_path: Path, setting: str
) -> None:
    settings = tmp_path / "qemu-ga"
    settings.write_text(f"{setting}=guest-exec\nFSFREEZE_HOOK_PATHNAME=/etc/hook\n")
    *before, _, forbids = packages.LISTEN
    said = told(bin_folder, (*before, str(settings), forbids))
    assert settings.read_text() == "FSFREEZE_HOOK_PATHNAME=/etc/hook\n"
    assert said[0] == "systemctl stop qemu-guest-agent.service"
    assert said[-1] == "systemctl start --no-block qemu-guest-agent.service"
