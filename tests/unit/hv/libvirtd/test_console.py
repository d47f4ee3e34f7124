"""What a guest said last is shown as plain text, however long and colourful its log is."""

from pathlib import Path

import pytest

from vipprov.guest.errors import GuestError
from vipprov.hv.libvirtd import console


def said(folder: Path, content: bytes) -> str:
    log = folder / "console.log"
    log.write_bytes(content)
    return console.last_lines(log, 2)


def test_last_lines_are_the_last_that_say_anything(tmp_path: Path) -> None:
    text = said(tmp_path, b"one\ntwo\r\n\r\n  \nthree\n")
    assert text == "The console's last words:\ntwo\nthree"


def test_colours_and_control_characters_are_left_out(tmp_path: Path) -> None:
    text = said(tmp_path, b"\x1b[0;1;31mFailed\x1b[0m to start\x07\n\x1b7\x1b[2Jpanic\xff\n")
    assert text.splitlines()[1:] == ["Failed to start", "panic\ufffd"]


def test_only_the_end_of_a_long_log_is_read(tmp_path: Path) -> None:
    assert said(tmp_path, b"x" * 100_000 + b"\nlast\n").endswith("\nlast")


def test_silence_and_absence_are_told_apart(tmp_path: Path) -> None:
    assert said(tmp_path, b"") == "The console was silent."
    assert console.last_lines(tmp_path / "none.log") == "There is no console log."


def test_log_is_read_on_from_where_one_was(tmp_path: Path) -> None:
    log = tmp_path / "console.log"
    log.write_bytes(b"one\n")
    first = console.read(log, after=0)
    log.write_bytes(b"one\ntwo\n")
    assert (first.text, console.read(log, after=first.end).text) == (b"one\n", b"two\n")


def test_log_that_was_begun_anew_is_read_from_its_beginning(tmp_path: Path) -> None:
    log = tmp_path / "console.log"
    log.write_bytes(b"anew\n")
    said = console.read(log, after=5000)
    assert (said.text, said.end) == (b"anew\n", 5)


def test_machine_that_never_started_has_no_log_to_read(tmp_path: Path) -> None:
    with pytest.raises(GuestError, match="no console log"):
        console.read(tmp_path / "none.log", after=0)
