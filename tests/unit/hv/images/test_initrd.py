import stat
import subprocess
from pathlib import Path

import pytest

from vipprov.guest.errors import HypervisorError
from vipprov.hv.images import cpio, initrd
from vipprov.hv.images.cpio import Entry

RELEASE = "6.1.0-1"
DEPENDENCIES = """\
kernel/drivers/block/virtio_blk.ko: kernel/virtio.ko kernel/virtio_ring.ko
kernel/virtio.ko: kernel/virtio_ring.ko
kernel/virtio_ring.ko:
"""


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    modules = tmp_path / "lib/modules" / RELEASE
    for name in ("kernel/drivers/block/virtio_blk.ko", "kernel/virtio.ko", "kernel/virtio_ring.ko"):
        (modules / name).parent.mkdir(parents=True, exist_ok=True)
        (modules / name).write_text(name)
    (modules / "modules.dep").write_text(DEPENDENCIES)
    (modules / "modules.builtin").write_text("kernel/fs/ext4/ext4.ko\n")
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin/busybox").write_text("busybox")
    return tmp_path


def contents(archive: bytes) -> dict[str, tuple[int, bytes]]:
    """Return mode and content by path, read as the kernel does."""
    found: dict[str, tuple[int, bytes]] = {}
    position = 0
    while True:
        header = archive[position : position + 110]
        assert header[:6] == b"070701"
        fields = [int(header[at : at + 8], 16) for at in range(6, 110, 8)]
        mode, size, name_length = fields[1], fields[6], fields[11]
        name = archive[position + 110 : position + 110 + name_length - 1].decode()
        body = position + (110 + name_length + 3) // 4 * 4
        if name == "TRAILER!!!":
            return found
        found[name] = (mode, archive[body : body + size])
        position = body + (size + 3) // 4 * 4


def test_each_driver_comes_after_those_that_it_needs(tree: Path) -> None:
    files = contents(initrd.build(tree, RELEASE, ["virtio_blk"]))
    assert files["modules/order"][1] == b"virtio_ring.ko\nvirtio.ko\nvirtio_blk.ko\n"
    assert files["modules/virtio.ko"][1] == b"kernel/virtio.ko"


def test_a_driver_that_is_built_in_needs_no_file(tree: Path) -> None:
    files = contents(initrd.build(tree, RELEASE, ["ext4"]))
    assert files["modules/order"][1] == b""


def test_a_driver_that_the_kernel_lacks_is_named(tree: Path) -> None:
    with pytest.raises(HypervisorError, match="no driver nvme"):
        initrd.build(tree, RELEASE, ["nvme"])


def test_a_tree_without_busybox_is_an_error(tree: Path) -> None:
    (tree / "bin/busybox").unlink()
    with pytest.raises(HypervisorError, match="busybox"):
        initrd.build(tree, RELEASE, [])


def test_init_is_a_program_that_a_shell_can_read(tree: Path) -> None:
    mode, script = contents(initrd.build(tree, RELEASE, []))["init"]
    assert stat.S_ISREG(mode)
    assert mode & 0o111
    assert subprocess.run(["sh", "-n"], input=script, check=False).returncode == 0


def test_the_same_entries_make_the_same_archive() -> None:
    entries = [Entry.folder("a"), Entry.file("a/b", b"123"), Entry.program("c", b"")]
    assert cpio.archive(entries) == cpio.archive(list(entries))
    assert contents(cpio.archive(entries)) == {
        "a": (stat.S_IFDIR | 0o755, b""),
        "a/b": (stat.S_IFREG | 0o644, b"123"),
        "c": (stat.S_IFREG | 0o755, b""),
    }
