import struct
from pathlib import Path

import pytest

from vipprov.guest.errors import HeldError, MissingError, SpecError
from vipprov.hv.images import image, store, usage
from vipprov.hv.images.image import DiskRecord, Form, Record


@pytest.fixture
def images(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("VIPPROV_STATE", str(tmp_path))
    return tmp_path / "images"


def qcow2(path: Path, over: str = "") -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    name = over.encode()
    at = 112 if name else 0
    head = struct.pack(">4sIQIIQ", b"QFI\xfb", 3, at, len(name), 16, 1 << 30)
    path.write_bytes(head.ljust(112, b"\0") + name)
    return path


def put(images: Path, name: str) -> Path:
    """Return the disk of an image that was pulled."""
    home = images / f"{name}-disk-{'a' * 12}"
    disk = qcow2(home / "disk.qcow2")
    record = {
        "name": name,
        "digest": "a" * 64,
        "made": "2026-01-01T00:00:00Z",
        "disk": DiskRecord(path="disk.qcow2", size=1 << 30).model_dump(),
        "origin": "https://maker.example/disk.img",
        "verified": "checksum as given by the user",
    }
    image.write(home, Record.model_validate(record))
    return disk


def define(folder: Path, name: str, disk: Path) -> None:
    (folder / "qemu").mkdir(exist_ok=True)
    (folder / "qemu" / f"{name}.xml").write_text(
        "<domain type='qemu'><devices><disk type='file' device='disk'>"
        f"<source file='{disk}'/></disk><disk type='file' device='cdrom'/></devices></domain>"
    )


def test_a_vm_uses_what_its_overlay_lies_over(tmp_path: Path) -> None:
    base = qcow2(tmp_path / "base.qcow2")
    define(tmp_path, "web-1", qcow2(tmp_path / "web-1.qcow2", over=str(base)))
    define(tmp_path, "db-1", qcow2(tmp_path / "db-1.qcow2"))
    assert usage.users([base], definitions=tmp_path) == ("web-1",)


def test_a_vm_whose_disk_is_gone_uses_nothing_else(tmp_path: Path) -> None:
    define(tmp_path, "web-1", tmp_path / "gone.qcow2")
    assert usage.users([tmp_path / "base.qcow2"], definitions=tmp_path) == ()


def test_an_image_under_a_vm_stays_and_the_vm_is_named(images: Path, tmp_path: Path) -> None:
    disk = put(images, "rocky-9")
    define(tmp_path, "web-1", qcow2(tmp_path / "web-1.qcow2", over=str(disk)))
    with pytest.raises(HeldError) as caught:
        store.remove("rocky-9", definitions=tmp_path)
    assert "web-1" in caught.value.details
    assert store.find("rocky-9", Form.DISK) is not None


def test_one_form_is_removed_alone(images: Path, tmp_path: Path) -> None:
    put(images, "rocky-9")
    with pytest.raises(MissingError):
        store.remove("rocky-9", Form.TREE, definitions=tmp_path)
    (gone,) = store.remove("rocky-9", Form.DISK, definitions=tmp_path)
    assert not gone.path.exists()


def test_an_image_of_the_users_own_name_is_found(images: Path) -> None:
    put(images, "our-golden-image")
    found = store.find("our-golden-image", Form.DISK)
    assert found is not None
    assert found.disk is not None
    assert found.disk.kernel is None
    with pytest.raises(MissingError, match="for containers"):
        store.find("our-golden-image", Form.TREE)


@pytest.mark.usefixtures("images")
def test_a_stock_image_is_known_for_vms_and_not_for_containers() -> None:
    assert store.find("rocky-9", Form.DISK) is None
    with pytest.raises(MissingError, match="no image called 'rocky-9' for containers"):
        store.find("rocky-9", Form.TREE)


def test_a_disk_of_other_tools_is_an_image_whose_digest_follows_its_changes(
    tmp_path: Path,
) -> None:
    disk = qcow2(tmp_path / "golden.qcow2")
    before = store.find(str(disk), Form.DISK)
    disk.write_bytes(disk.read_bytes() + b"more")
    after = store.find(str(disk), Form.DISK)
    assert before is not None
    assert after is not None
    assert before.disk is not None
    assert before.disk.size == 1 << 30
    assert before.digest != after.digest


def test_a_file_that_is_no_disk_is_refused_with_the_cure(tmp_path: Path) -> None:
    (tmp_path / "disk.raw").write_bytes(bytes(4096))
    with pytest.raises(SpecError, match="no qcow2") as caught:
        store.find(f"{tmp_path}/disk.raw", Form.DISK)
    assert "qemu-img convert" in caught.value.hint


def test_a_disk_that_lies_over_another_is_refused_with_the_cure(tmp_path: Path) -> None:
    disk = qcow2(tmp_path / "golden.qcow2", over="below.qcow2")
    with pytest.raises(SpecError, match="refers to another file") as caught:
        store.find(str(disk), Form.DISK)
    assert caught.value.hint == f"qemu-img convert -O qcow2 {disk} disk.qcow2"


def test_a_tree_is_no_image_for_a_vm_and_a_disk_none_for_a_container(tmp_path: Path) -> None:
    disk = qcow2(tmp_path / "golden.qcow2")
    (tmp_path / "tree/etc").mkdir(parents=True)
    (tmp_path / "tree/etc/os-release").write_text("ID=debian\n")
    with pytest.raises(MissingError, match="VMs are made from a disk"):
        store.find(f"{tmp_path}/tree", Form.DISK)
    with pytest.raises(MissingError, match="containers are made from a tree"):
        store.find(str(disk), Form.TREE)
