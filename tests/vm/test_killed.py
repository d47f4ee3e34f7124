"""Runs that make VMs are killed and lack what they need: nothing is left of them."""

import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from lab import snapshot
from lab.command import vipprov
from lab.conftest import document, write
from lab.killing import kill_after
from vm.conftest import ON
from vm.variants import disk

pytestmark = [
    pytest.mark.vm,
    pytest.mark.long,
    pytest.mark.alone,
    pytest.mark.usefixtures("leaves"),
    pytest.mark.timeout(400),
]

NAME, NUMBER = "vmkilled", 32
# Seconds after the start of the command: plan, define, overlays and seeds, power on. The shared
# pair is made in spite of a kill during its first boot.
POINTS = (0.6, 0.8, 1.0, 1.2, 1.6, 2.5, 5.0)


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    made = document(NAME, number=NUMBER, hypervisor=ON[1])
    try:
        yield write(tmp_path_factory.mktemp("killed") / "pair.yaml", made)
    finally:
        vipprov("vm", "destroy", NAME, "--yes", *ON)


@pytest.mark.parametrize("seconds", POINTS)
def test_destroy_after_a_kill_leaves_nothing(path: Path, seconds: float) -> None:
    before = snapshot.host()
    kill_after(seconds, path)
    destroyed = vipprov("vm", "destroy", NAME, "--yes", *ON)
    assert destroyed.code in (0, 3), destroyed.err
    assert snapshot.host() == before


def test_disk_that_is_full_is_told_and_nothing_is_left(path: Path, tmp_path: Path) -> None:
    made = document(NAME, number=NUMBER, hypervisor=ON[1], image=str(disk()))
    small = write(tmp_path / "pair.yaml", made)
    store = tmp_path / "store"
    store.mkdir()
    before = snapshot.host()
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=16k", "tmpfs", store], check=True)
    try:
        environment = {**os.environ, "VIPPROV_STATE": str(store)}
        done = vipprov("vm", "create", small, environment=environment)
    finally:
        subprocess.run(["umount", store], check=True)
    assert done.code == 4, done.err
    assert "No space left" in done.err
    assert snapshot.host() == before
    assert path.exists()


def test_image_that_is_no_disk_is_refused(path: Path, tmp_path: Path) -> None:
    rubbish = tmp_path / "rubbish.qcow2"
    rubbish.write_bytes(b"no disk at all" * 1000)
    bad = write(
        tmp_path / "pair.yaml", document(NAME, number=NUMBER, hypervisor=ON[1], image=str(rubbish))
    )
    done = vipprov("vm", "create", bad)
    assert done.code == 2, done.err
    assert "rubbish.qcow2 is no qcow2 disk" in done.err
    assert "Traceback" not in done.err
    assert path.exists()
