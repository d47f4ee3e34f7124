"""Files travel into and out of a guest whole, by a real shell, whatever is in them."""

import subprocess
from collections.abc import Sequence
from pathlib import Path, PurePosixPath

import pytest

from fakes.clock import FakeClock
from vipprov.guest.configuration import GuestFile
from vipprov.guest.deadline import Deadline
from vipprov.guest.errors import GuestError
from vipprov.hv.machine import Completed
from vipprov.pipelines import guestfiles

BY = Deadline.after(10, clock=FakeClock())
HOSTILE = "a 'quoted' \"$(touch /tmp/never)\" `id` \\n %s\n\ttab\n\n# ünïcödé\n"


class ThisMachine:
    """Runs a guest's commands here."""

    def run(
        self, _name: str, argv: Sequence[str], *, by: Deadline, stdin: bytes = b""
    ) -> Completed:
        done = subprocess.run(
            argv, input=stdin, capture_output=True, check=False, timeout=by.remaining
        )
        return Completed(code=done.returncode, stdout=done.stdout, stderr=done.stderr)


def path(folder: Path, name: str) -> PurePosixPath:
    return PurePosixPath(folder / name)


def test_what_was_written_is_read_back_to_the_byte(tmp_path: Path) -> None:
    there = path(tmp_path, "deep/er/file")
    guestfiles.write(ThisMachine(), "g", [GuestFile(path=there, content=HOSTILE)], by=BY)
    assert guestfiles.read(ThisMachine(), "g", [there], by=BY) == {there: HOSTILE}


def test_file_has_its_mode(tmp_path: Path) -> None:
    secret = GuestFile(path=path(tmp_path, "s"), content="x", mode=0o600)
    guestfiles.write(ThisMachine(), "g", [secret], by=BY)
    assert (tmp_path / "s").stat().st_mode & 0o777 == 0o600


def test_file_that_is_not_there_is_not_in_the_answer(tmp_path: Path) -> None:
    assert guestfiles.read(ThisMachine(), "g", [path(tmp_path, "no")], by=BY) == {}


def test_empty_file_is_there(tmp_path: Path) -> None:
    empty = GuestFile(path=path(tmp_path, "empty"), content="")
    guestfiles.write(ThisMachine(), "g", [empty], by=BY)
    assert guestfiles.read(ThisMachine(), "g", [empty.path], by=BY) == {empty.path: ""}


def test_nothing_is_left_beside_the_file(tmp_path: Path) -> None:
    guestfiles.write(ThisMachine(), "g", [GuestFile(path=path(tmp_path, "f"), content="x")], by=BY)
    assert [one.name for one in tmp_path.iterdir()] == ["f"]


def test_removing_twice_is_quiet(tmp_path: Path) -> None:
    (tmp_path / "f").touch()
    for _ in range(2):
        guestfiles.remove(ThisMachine(), "g", [path(tmp_path, "f")], by=BY)
    assert not (tmp_path / "f").exists()


def test_write_that_fails_says_what_the_guest_said(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    below = GuestFile(path=path(tmp_path, "file/below"), content="x")
    with pytest.raises(GuestError, match="Could not write") as failed:
        guestfiles.write(ThisMachine(), "g", [below], by=BY)
    assert "file" in failed.value.details
