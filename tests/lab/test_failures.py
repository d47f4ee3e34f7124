"""A create that fails says what is wrong and where the logs are, and undoes what it made."""

import os
import subprocess
from pathlib import Path

import pytest

from lab import snapshot
from lab.command import Ended, vipprov
from lab.conftest import document, write
from lab.images import copied, tree

pytestmark = [pytest.mark.lab, pytest.mark.alone, pytest.mark.usefixtures("leaves")]


def failed(tmp_path: Path, state: Path | None = None, **changes: object) -> Ended:
    """Run a create that fails, and see that the host is as before."""
    path = write(tmp_path / "pair.yaml", document("fails", number=14, **changes))
    before = snapshot.host()
    environment = None if state is None else {**os.environ, "VIPPROV_STATE": str(state)}
    try:
        ended = vipprov("vm", "create", path, "--logs", tmp_path / "logs", environment=environment)
        assert snapshot.host() == before
    finally:
        vipprov("vm", "destroy", "fails", "--yes")
    assert "Traceback" not in ended.err
    return ended


def test_image_that_is_not_there(tmp_path: Path) -> None:
    ended = failed(tmp_path, image=str(tmp_path / "nowhere"))
    assert ended.code == 3
    assert "nowhere" in ended.err


def test_image_that_nobody_knows(tmp_path: Path) -> None:
    ended = failed(tmp_path, image="plan9")
    assert ended.code == 3
    assert "debian-12" in ended.err


def test_port_group_that_is_not_there(tmp_path: Path) -> None:
    guests = [
        {"name": f"fails-{number}", "addresses": [f"10.50.64.5{number}/24"], "port_group": "nope"}
        for number in (1, 2)
    ]
    ended = failed(tmp_path, guests=guests)
    assert ended.code == 3
    assert "nope" in ended.err


def test_guest_whose_init_dies(tmp_path: Path) -> None:
    with copied(tmp_path / "image") as image:
        for name in ("sbin/init", "lib/systemd/systemd"):
            (image / "usr" / name).unlink()
        ended = failed(tmp_path, image=str(image))
    assert ended.code == 6
    assert "stopped before it was ready" in ended.err
    assert str(tmp_path / "logs") in ended.err
    assert "init" in (tmp_path / "logs/fails-1/init.log").read_text()


def test_guest_that_never_finishes_its_boot(tmp_path: Path) -> None:
    with copied(tmp_path / "image") as image:
        init = image / "usr/sbin/init"
        init.unlink()
        init.write_text("#!/bin/sh\nwhile :; do sleep 1; done\n")
        init.chmod(0o755)
        ended = failed(tmp_path, image=str(image), timeout="12s")
    assert ended.code == 5
    assert "did not finish its first boot in time" in ended.err


def test_keepalived_that_dies(tmp_path: Path) -> None:
    with copied(tmp_path / "image") as image:
        program = image / "usr/sbin/keepalived"
        real = image / "usr/sbin/keepalived.real"
        program.rename(real)
        program.write_text(
            '#!/bin/sh\ncase $1 in --version) exec keepalived.real "$@";; esac\n'
            "echo 'canary: no heart' >&2; exit 1\n"
        )
        program.chmod(0o755)
        ended = failed(tmp_path, image=str(image))
    assert ended.code == 6
    assert "keepalived died in fails-" in ended.err
    assert "canary: no heart" in ended.err


def test_disk_that_is_full(tmp_path: Path) -> None:
    store = tmp_path / "store"
    store.mkdir()
    image = tree()
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=16k", "tmpfs", store], check=True)
    try:
        (store / "filler").write_bytes(b"x" * 8192)
        ended = failed(tmp_path, state=store, image=str(image))
    finally:
        subprocess.run(["umount", store], check=True)
    assert ended.code == 4
    assert "No space left" in ended.err


def test_bad_file_creates_nothing(tmp_path: Path) -> None:
    ended = failed(tmp_path, vip={"addresses": ["10.50.64.50/24"], "virtual_router_id": 300})
    assert ended.code == 2
    assert "pair.yaml:" in ended.err
    assert "300" in ended.err
