import struct
from pathlib import Path

import pytest

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
