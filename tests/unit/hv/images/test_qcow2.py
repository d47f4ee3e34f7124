import struct
from pathlib import Path

import pytest

from vipprov.guest.errors import SpecError
from vipprov.hv.images import qcow2


def put(path: Path, *, backing: str = "", size: int = 1 << 30, features: int = 0) -> Path:
    name = backing.encode()
    head = struct.pack(">4sIQIIQ", b"QFI\xfb", 3, 112 if name else 0, len(name), 16, size)
    path.write_bytes(head.ljust(72, b"\0") + struct.pack(">Q", features).ljust(40, b"\0") + name)
    return path


def test_a_disk_says_how_large_it_is_for_a_guest(tmp_path: Path) -> None:
    head = qcow2.read(put(tmp_path / "disk", size=3 << 30))
    assert head == qcow2.Head(size=3 << 30, backing=None, external=False)


def test_an_overlay_names_what_is_below_it_also_from_its_own_folder(tmp_path: Path) -> None:
    base = put(tmp_path / "base")
    middle = put(tmp_path / "middle", backing="base")
    top = put(tmp_path / "top", backing=str(middle))
    assert list(qcow2.chain(top)) == [middle, base]


def test_a_name_ends_where_qemu_ends_it(tmp_path: Path) -> None:
    base = put(tmp_path / "base")
    assert list(qcow2.chain(put(tmp_path / "top", backing="base\0of another"))) == [base]


def test_a_chain_that_bites_its_tail_ends(tmp_path: Path) -> None:
    put(tmp_path / "disk", backing="disk")
    assert len(list(qcow2.chain(tmp_path / "disk"))) == qcow2.DEEPEST


def test_a_disk_whose_data_are_elsewhere_is_known(tmp_path: Path) -> None:
    head = qcow2.read(put(tmp_path / "disk", features=qcow2.EXTERNAL_DATA))
    assert head is not None
    assert head.external


@pytest.mark.parametrize(
    "content",
    [b"", b"QFI\xfb", b"raw" * 999, b"QFI\xfb" + bytes(200)],
    ids=["empty", "short", "raw", "version"],
)
def test_what_is_no_qcow2_is_none(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "disk").write_bytes(content)
    assert qcow2.read(tmp_path / "disk") is None


def test_below_what_cannot_be_read_there_is_nothing(tmp_path: Path) -> None:
    assert list(qcow2.chain(tmp_path / "absent")) == []


@pytest.mark.parametrize("name_at", [1 << 20, (1 << 63) - 1, 1 << 63, (1 << 64) - 1])
def test_a_name_that_is_behind_the_end_of_the_file_makes_it_no_qcow2(
    tmp_path: Path, name_at: int
) -> None:
    head = struct.pack(">4sIQIIQ", b"QFI\xfb", 3, name_at, 11, 16, 1 << 30)
    (tmp_path / "disk").write_bytes(head.ljust(1 << 16, b"\0"))
    assert qcow2.read(tmp_path / "disk") is None
    assert list(qcow2.chain(tmp_path / "disk")) == []


@pytest.mark.parametrize(
    ("backing", "features"), [("/etc/shadow", 0), ("", qcow2.EXTERNAL_DATA)], ids=["over", "apart"]
)
def test_a_disk_that_needs_another_file_is_not_whole(
    tmp_path: Path, backing: str, features: int
) -> None:
    disk = put(tmp_path / "disk", backing=backing, features=features)
    with pytest.raises(SpecError, match="ours is a disk that refers to another file") as caught:
        qcow2.whole(disk, called="ours", hint="Flatten it.")
    assert caught.value.hint == "Flatten it."
