"""A virtual machine's files: whole, private, and without a trace when they go."""

import json
import subprocess
from dataclasses import replace
from pathlib import Path

import pytest

from vipprov.cloudinit.seed import Seed
from vipprov.guest.errors import HypervisorError
from vipprov.guest.pair import Size
from vipprov.hv.images.disk import Disk
from vipprov.hv.libvirtd import vmfiles
from vipprov.hv.libvirtd.vmfiles import Files
from vipprov.hv.machine import MachineSpec
from vipprov.hv.mark import Mark

GIB = 1 << 30


def spec(disk: Disk, size: int = 4 * GIB) -> MachineSpec:
    return MachineSpec(
        name="web-1",
        image=disk,
        size=Size(cpus=1, memory=512 << 20, disk=size),
        nics=(),
        seed=Seed(meta_data="m", user_data="canary-77", network_config="n"),
        mark=Mark(pair="web", guest="web-1", identity="abc"),
    )


@pytest.fixture
def disk(tmp_path: Path) -> Disk:
    path = tmp_path / "base.qcow2"
    subprocess.run(["qemu-img", "create", "-q", "-f", "qcow2", path, str(GIB)], check=True)
    return Disk(path=path, size=GIB)


def described(path: Path) -> dict[str, object]:
    said = subprocess.run(
        ["qemu-img", "info", "--output=json", path], check=True, capture_output=True
    )
    document = json.loads(said.stdout)
    return {key: document.get(key) for key in ("virtual-size", "backing-filename", "format")}


@pytest.mark.real
def test_overlay_is_as_big_as_asked_for_and_lies_over_the_image(tmp_path: Path, disk: Disk) -> None:
    files = Files(folder=tmp_path / "web-1")
    vmfiles.make(files, spec(disk), disk)
    assert described(files.overlay) == {
        "virtual-size": 4 * GIB,
        "backing-filename": str(disk.path),
        "format": "qcow2",
    }


@pytest.mark.real
def test_overlay_is_never_smaller_than_the_image(tmp_path: Path, disk: Disk) -> None:
    files = Files(folder=tmp_path / "web-1")
    vmfiles.make(files, spec(disk, size=GIB // 2), disk)
    assert described(files.overlay)["virtual-size"] == GIB


@pytest.mark.real
def test_nobody_else_reads_the_files_and_qemu_gets_at_them(tmp_path: Path, disk: Disk) -> None:
    files = Files(folder=tmp_path / "web-1")
    vmfiles.make(files, spec(disk), disk)
    modes = {path.name: path.stat().st_mode & 0o777 for path in files.folder.iterdir()}
    assert modes == {"disk.qcow2": 0o600, "seed.iso": 0o600}
    assert files.folder.stat().st_mode & 0o777 == 0o711


@pytest.mark.real
def test_making_them_twice_begins_anew_and_removing_them_twice_is_quiet(
    tmp_path: Path, disk: Disk
) -> None:
    files = Files(folder=tmp_path / "web-1")
    for _ in range(2):
        vmfiles.make(files, spec(disk), disk)
    for _ in range(2):
        vmfiles.remove(files)
    assert not files.folder.exists()


def test_image_that_is_gone_is_named(tmp_path: Path) -> None:
    gone = Disk(path=tmp_path / "gone.qcow2", size=GIB)
    with pytest.raises(HypervisorError, match=r"disk .*/gone\.qcow2 is gone"):
        vmfiles.make(Files(folder=tmp_path / "web-1"), spec(gone), gone)


@pytest.mark.real
def test_what_qemu_img_refuses_is_said(tmp_path: Path) -> None:
    broken = Disk(path=tmp_path / "broken.qcow2", size=GIB)
    broken.path.write_text("no disk")
    with pytest.raises(HypervisorError, match="Could not make") as raised:
        vmfiles.make(Files(folder=tmp_path / "web-1"), spec(broken), broken)
    assert "qcow2 format" in raised.value.details


def test_place_that_cannot_be_written_is_the_hypervisors_error(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    disk = Disk(path=tmp_path / "file", size=GIB)
    with pytest.raises(HypervisorError, match="Could not write below"):
        vmfiles.make(Files(folder=tmp_path / "file" / "web-1"), spec(replace(disk)), disk)


def test_seed_is_written_anew_and_the_disk_is_left_as_it_is(tmp_path: Path, disk: Disk) -> None:
    files = Files(folder=tmp_path / "web-1")
    vmfiles.make(files, spec(disk), disk)
    before = files.overlay.read_bytes()
    files.seed.write_bytes(b"rubbish")
    vmfiles.mend(files, spec(disk))
    assert b"canary-77" in files.seed.read_bytes()
    assert files.overlay.read_bytes() == before


def test_disk_that_is_gone_is_not_made_up(tmp_path: Path, disk: Disk) -> None:
    files = Files(folder=tmp_path / "web-1")
    with pytest.raises(HypervisorError, match="has lost"):
        vmfiles.mend(files, spec(disk))


def test_kernel_of_the_image_is_copied_for_each_machine(tmp_path: Path, disk: Disk) -> None:
    kernel = tmp_path / "image-kernel"
    kernel.write_text("kernel")
    files = Files(folder=tmp_path / "web-1")
    vmfiles.make(files, spec(disk), replace(disk, kernel=kernel))
    assert files.kernel.read_text() == "kernel"
    assert not files.kernel.samefile(kernel)
    assert not files.initrd.exists()
