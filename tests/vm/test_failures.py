"""A VM that cannot become a guest ends the create in time, with the reason and its console."""

from pathlib import Path

import pytest

from lab import snapshot
from lab.command import Ended, vipprov
from lab.conftest import document, write
from vm.conftest import ON
from vm.variants import booted_with

pytestmark = [
    pytest.mark.vm,
    pytest.mark.long,
    pytest.mark.alone,
    pytest.mark.usefixtures("leaves"),
    pytest.mark.timeout(400),
]

NAME, NUMBER = "broken", 31


def failed(folder: Path, *words: str, **changes: object) -> Ended:
    """Run a create whose guests boot with these words; see that the host is as before."""
    with booted_with(*words) as image:
        made = document(NAME, number=NUMBER, hypervisor=ON[1], image=str(image), **changes)
        before = snapshot.host()
        try:
            path = write(folder / "pair.yaml", made)
            ended = vipprov("vm", "create", path, "--logs", folder / "logs")
            assert snapshot.host() == before
        finally:
            vipprov("vm", "destroy", NAME, "--yes", *ON)
    assert "Traceback" not in ended.err
    assert str(folder / "logs") in ended.err
    return ended


def test_kernel_that_panics(tmp_path: Path) -> None:
    ended = failed(tmp_path, "init=/bin/false", timeout="3m")
    assert ended.code == 6
    assert "has panicked" in ended.err
    assert "Kernel panic - not syncing" in ended.err
    assert "Kernel panic" in (tmp_path / "logs" / f"{NAME}-1" / "console.log").read_text()


def test_guest_without_cloud_init(tmp_path: Path) -> None:
    ended = failed(tmp_path, "cloud-init=disabled", timeout="5m")
    assert ended.code == 6
    assert "cloud-init is switched off" in ended.err


def test_guest_without_guest_agent(tmp_path: Path) -> None:
    ended = failed(tmp_path, "systemd.mask=qemu-guest-agent.service", timeout="60s")
    assert ended.code == 5
    assert "The guest agent of" in ended.err
    assert "The console's last words" in ended.err
    assert (tmp_path / "logs" / f"{NAME}-1" / "console.log").stat().st_size > 0


def test_guest_without_keepalived_and_without_a_network_to_get_it_from(tmp_path: Path) -> None:
    (tmp_path / "user.yaml").write_text(
        "#cloud-config\nbootcmd: [[rm, -f, /usr/sbin/keepalived]]\n"
    )
    ended = failed(tmp_path, timeout="5m", cloud_config="user.yaml")
    assert ended.code == 6
    assert "no keepalived version where keepalived >= 2.0.16 is needed" in ended.err
    assert "could not be installed" in ended.err
