"""Images are built for real, once; builds that go wrong end cleanly and say what to do."""

import os
import shutil
import signal
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from lab.command import VIPPROV, Ended, start, vipprov
from vipprov.guest.deadline import Deadline, SystemClock

pytestmark = pytest.mark.lab


@pytest.fixture(scope="module")
def tree() -> Path:
    done = vipprov("image", "build", "debian-12", "--json")
    assert done.code == 0, done.err
    return Path(done.document["path"])


@pytest.fixture
def state(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a store of the test's own."""
    monkeypatch.setenv("VIPPROV_STATE", str(tmp_path))
    return tmp_path


def build(*before: str, target: str = "lxc") -> Ended:
    done = subprocess.run(
        [*before, VIPPROV, "image", "build", "debian-12", "--for", target],
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    return Ended(code=done.returncode, out=done.stdout, err=done.stderr)


def working_on(folder: Path) -> list[str]:
    """Return the processes whose command line names the folder."""
    named = []
    for process in Path("/proc").glob("[0-9]*"):
        try:
            line = (process / "cmdline").read_bytes().decode(errors="replace")
        except OSError:  # ended a moment ago
            continue
        if str(folder) in line:
            named.append(line)
    return named


def gpg_homes() -> set[Path]:
    """Return the folders that mmdebstrap would leave where everybody's temporary files are."""
    return set(Path("/tmp").glob("mmdebstrap.gpghome.*"))  # noqa: S108  where it was seen


def test_the_image_has_what_a_guest_needs(tree: Path) -> None:
    for path in ("usr/sbin/keepalived", "usr/bin/cloud-init", "lib/systemd/systemd", "sbin/sshd"):
        assert (tree / path).exists(), path
    wanted = tree / "etc/systemd/system/multi-user.target.wants"
    assert (wanted / "systemd-networkd.service").is_symlink()
    assert (tree / "var/lib/vipprov").is_dir()
    assert str((tree / "etc/resolv.conf").readlink()) == "../run/systemd/resolve/stub-resolv.conf"


def test_nothing_of_this_machine_is_in_the_image(tree: Path) -> None:
    assert list((tree / "etc/ssh").glob("ssh_host_*")) == []
    assert (tree / "etc/machine-id").read_text() == "uninitialized\n"
    assert (tree / "etc/hostname").read_text() == "debian\n"
    assert not (tree / "etc/keepalived/keepalived.conf").exists()
    assert list((tree / "var/cache/apt/archives").glob("*.deb")) == []
    assert str(tree) not in Path("/proc/self/mountinfo").read_text()


def test_a_second_build_is_over_at_once(tree: Path) -> None:
    done = vipprov("image", "build", "debian-12")
    assert "already built" in done.err
    assert done.out.strip() == str(tree)


def test_the_list_shows_it_with_its_versions(tree: Path) -> None:
    built = vipprov("image", "list", "--json").document["built"]
    (ours,) = [image for image in built if image["path"] == str(tree)]
    assert ours["current"]
    assert ours["packages"]["keepalived"].startswith("1:2.")


def test_a_killed_build_takes_its_processes_along_and_keeps_its_downloads(state: Path) -> None:
    by = Deadline.after(300, clock=SystemClock())
    others = gpg_homes()
    for fetches in (True, False):
        process = start("image", "build", "debian-12")
        said = _until(process, "unpacking the base system")
        assert any("fetching" in line for line in said) is fetches
        os.kill(process.pid, signal.SIGKILL)
        process.communicate()
        by.poll(lambda: None if working_on(state) else True, what="the build's processes to end")
        assert gpg_homes() <= others
        assert vipprov("image", "list", "--json").document["built"] == []


@pytest.fixture
def small_disk(state: Path) -> Iterator[Path]:
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=64m", "none", state], check=True)
    yield state
    subprocess.run(["umount", state], check=True)


@pytest.mark.usefixtures("small_disk")
def test_a_disk_that_is_too_small_is_refused_before_anything_is_fetched() -> None:
    done = build()
    assert done.code == 4
    assert "needs 1.5 GB" in done.err
    assert "VIPPROV_STATE" in done.err


def test_without_a_network_the_error_says_so_and_names_the_log(state: Path) -> None:
    done = build("unshare", "--net")
    assert done.code == 4
    assert "archive cannot be reached" in done.err
    assert str(state / "images/debian-12.log") in done.err
    assert sorted(path.name for path in (state / "images").iterdir()) == [
        ".archives",
        ".lock",
        "debian-12.log",
    ]


def test_without_mmdebstrap_the_error_says_how_to_get_it(
    state: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tools = state / "bin"
    tools.mkdir()
    for name in ("setpriv", "unshare", "env"):
        (tools / name).symlink_to(f"/usr/bin/{name}")
    monkeypatch.setenv("PATH", str(tools))
    done = build()
    assert done.code == 4
    assert "install --no-install-recommends mmdebstrap" in done.err


@pytest.mark.parametrize(
    ("program", "package"), [("mke2fs", "e2fsprogs"), ("qemu-img", "qemu-utils")]
)
def test_what_makes_a_disk_is_missed_before_anything_is_fetched(
    state: Path, monkeypatch: pytest.MonkeyPatch, program: str, package: str
) -> None:
    tools = state / "bin"
    tools.mkdir()
    for name in {"mke2fs", "qemu-img"} - {program}:
        (tools / name).symlink_to(str(shutil.which(name)))
    monkeypatch.setenv("PATH", str(tools))
    done = build(target="qemu")
    assert done.code == 4
    assert f"{program} is not installed" in done.err
    assert f"install --no-install-recommends {package}" in done.err
    assert "reading package lists" not in done.err


def _until(process: "subprocess.Popen[str]", sign: str) -> list[str]:
    said: list[str] = []
    while process.stderr is not None and (line := process.stderr.readline()):
        said.append(line)
        if sign in line:
            break
    return said
