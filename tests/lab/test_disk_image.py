"""The disk that VMs are made from, built for real: a sound file system with what a guest needs."""

import subprocess
from pathlib import Path
from typing import Any

import pytest

from lab.command import vipprov

pytestmark = pytest.mark.lab


@pytest.fixture(scope="module")
def image() -> Any:  # noqa: ANN401  a JSON document, read by tests
    done = vipprov("image", "build", "debian-12", "--for", "qemu", "--json")
    assert done.code == 0, done.err
    return done.document


@pytest.fixture(scope="module")
def raw(image: Any, tmp_path_factory: pytest.TempPathFactory) -> Path:  # noqa: ANN401  as above
    path = tmp_path_factory.mktemp("disk") / "disk.raw"
    subprocess.run(["qemu-img", "convert", "-O", "raw", image["path"], path], check=True)
    return path


def seen(raw: Path, request: str) -> str:
    """Return what debugfs says, without mounting anything."""
    return subprocess.run(
        ["debugfs", "-R", request, raw], capture_output=True, text=True, check=True
    ).stdout


def test_the_file_system_is_sound(raw: Path) -> None:
    done = subprocess.run(["e2fsck", "-f", "-n", raw], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout


@pytest.mark.parametrize(
    "path",
    [
        "/usr/sbin/keepalived",
        "/usr/sbin/qemu-ga",
        "/usr/bin/cloud-init",
        "/usr/lib/vipprov/cloud-init-stages",
        "/etc/systemd/system/cloud-final.service.d/90-vipprov.conf",
        "/var/log/journal",
    ],
)
def test_the_disk_has_what_a_vm_needs(raw: Path, path: str) -> None:
    assert "User:     0" in seen(raw, f"stat {path}")


def test_a_programs_capabilities_survive_the_way_onto_the_disk(raw: Path) -> None:
    assert "security.capability" in seen(raw, "ea_list /usr/bin/ping")


def test_the_macvlan_module_belongs_to_the_kernel_that_is_started(
    raw: Path, image: dict[str, Any]
) -> None:
    (release,) = (
        name.removeprefix("linux-image-")
        for name in image["packages"]
        if name.startswith("linux-image-6")
    )
    module = f"/lib/modules/{release}/kernel/drivers/net/macvlan.ko"
    assert "Type: regular" in seen(raw, f"stat {module}")
    assert release.encode() in Path(image["kernel"]).read_bytes()


def test_guests_of_one_disk_share_no_host_key_and_no_name(raw: Path) -> None:
    assert "ssh_host_" not in seen(raw, "ls -p /etc/ssh")
    assert seen(raw, "cat /etc/machine-id") == "uninitialized\n"
    assert seen(raw, "cat /etc/hostname") == "debian\n"


def test_python_finds_its_modules_compiled(raw: Path) -> None:
    modules = seen(raw, "ls -p /usr/lib/python3/dist-packages/cloudinit/__pycache__")
    assert ".cpython-" in modules
