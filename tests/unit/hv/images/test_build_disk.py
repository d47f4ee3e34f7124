from pathlib import Path

import pytest

from fakes.bootstrap import FakeBootstrap
from fakes.clock import FakeClock
from vipprov.guest.deadline import Deadline
from vipprov.guest.errors import HypervisorError, SpecError
from vipprov.hv.images import build, debian_12, debian_12_vm, filesystem, store
from vipprov.hv.images.image import Form, Image

SOURCES = """\
Types: deb
URIs: http://mirror.example/debian
Suites: bookworm
Components: main
Signed-By: /usr/share/keyrings/debian-archive-keyring.gpg
"""


@pytest.fixture
def apt(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("VIPPROV_STATE", str(tmp_path / "state"))
    parts = tmp_path / "apt/sources.list.d"
    parts.mkdir(parents=True)
    (parts / "debian.sources").write_text(SOURCES)
    return tmp_path / "apt"


def built(
    apt: Path, program: FakeBootstrap, form: Form = Form.DISK, *, machine: str = "x86_64"
) -> Image:
    return build.build(
        "debian-12",
        form,
        report=lambda _line: None,
        by=Deadline.after(60, clock=FakeClock()),
        program=program,
        apt=apt,
        machine=machine,
    )


def test_a_disk_has_what_the_hypervisor_starts_beside_it_and_no_tree(apt: Path) -> None:
    image = built(apt, FakeBootstrap())
    disk = image.disk
    assert disk is not None
    assert disk.path.read_text() == "a disk"
    assert disk.kernel is not None
    assert disk.kernel.read_text() == "a program"
    assert disk.initrd is not None
    assert b"virtio_blk" in disk.initrd.read_bytes()
    assert disk.cmdline is not None
    assert "root=/dev/vda" in disk.cmdline
    assert disk.size == debian_12_vm.DISK.size
    assert {path.name for path in disk.path.parent.iterdir()} == {
        *("disk.qcow2", "vmlinux", "initrd"),
        *("image.json", "build.log", "bookworm.sources"),
    }


def test_the_hypervisors_own_user_can_read_it_and_nobody_can_write_it(apt: Path) -> None:
    folder = built(apt, FakeBootstrap()).path.parent
    assert folder.stat().st_mode & 0o777 == 0o755
    for name in ("disk.qcow2", "vmlinux", "initrd"):
        assert (folder / name).stat().st_mode & 0o777 == 0o444


def test_both_forms_of_a_name_live_beside_each_other(apt: Path) -> None:
    disk = built(apt, FakeBootstrap())
    tree = built(apt, FakeBootstrap(), Form.TREE)
    assert store.find("debian-12", Form.DISK) == disk
    assert store.find("debian-12", Form.TREE) == tree
    assert disk.digest != tree.digest
    assert disk.path.parent.name.startswith("debian-12-disk-")


def test_the_same_content_is_built_once(apt: Path) -> None:
    program = FakeBootstrap()
    assert built(apt, program) == built(apt, program)
    assert program.runs == 1


def test_on_another_processor_a_disk_is_refused_before_anything_is_done(apt: Path) -> None:
    program = FakeBootstrap()
    with pytest.raises(SpecError, match="x86-64 only so far"):
        built(apt, program, machine="aarch64")
    assert program.runs == 0
    assert not (apt.parent / "state").exists()


def test_on_another_processor_a_tree_is_built_and_is_another(apt: Path) -> None:
    here = built(apt, FakeBootstrap(), Form.TREE)
    there = built(apt, FakeBootstrap(), Form.TREE, machine="aarch64")
    assert here.digest != there.digest


@pytest.mark.parametrize("program", ["mke2fs", "qemu-img"])
def test_a_program_that_fails_is_named_and_nothing_is_left(apt: Path, program: str) -> None:
    failing = FakeBootstrap(code=1, fails=program, says="No space left on device")
    with pytest.raises(HypervisorError, match=f"{program} ended with 1") as caught:
        filesystem.make(
            debian_12_vm.DISK,
            tree_of(apt.parent),
            apt.parent,
            log=apt.parent / "log",
            by=Deadline.after(60, clock=FakeClock()),
            program=failing,
        )
    assert "Free some space" in caught.value.hint


def tree_of(folder: Path) -> Path:
    """Return a tree such as a bootstrap leaves."""
    tree = folder / "tree"
    FakeBootstrap()(
        ["setpriv", str(tree), "sources"],
        log=folder / "log",
        on_line=print,
        by=Deadline.after(60, clock=FakeClock()),
    )
    return tree


def test_a_tree_with_two_kernels_does_not_say_which_to_start(apt: Path) -> None:
    tree = tree_of(apt.parent)
    (tree / "lib/modules/6.1.0-2-cloud").mkdir()
    with pytest.raises(HypervisorError, match="2 kernels"):
        filesystem.make(
            debian_12_vm.DISK,
            tree,
            apt.parent,
            log=apt.parent / "log",
            by=Deadline.after(60, clock=FakeClock()),
            program=FakeBootstrap(),
        )


def test_a_vm_has_all_that_a_container_has_and_devices() -> None:
    tree, disk = debian_12.TREE, debian_12_vm.DISK
    assert set(tree.packages) < set(disk.packages)
    assert set(tree.files) < set(disk.files)
    assert "systemd-udevd.service" in tree.masked
    assert "systemd-udevd.service" not in disk.masked


def test_a_tree_is_what_it_was_before_there_were_disks() -> None:
    digest = "eb13e8002a68889f606e15dfe56e1a0c726ddb9a768d4c343973659743aa7acc"
    assert debian_12.TREE.digest == digest
