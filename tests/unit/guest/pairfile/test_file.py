"""What is no readable file at all is refused in one sentence."""

import os
import socket
from pathlib import Path

import pytest

from vipprov.guest import pairfile
from vipprov.guest.errors import SpecError


def refusal(path: Path) -> SpecError:
    with pytest.raises(SpecError) as caught:
        pairfile.load(path)
    return caught.value


def test_missing_file(tmp_path: Path) -> None:
    assert "no such file" in str(refusal(tmp_path / "web.yaml"))


def test_folder(tmp_path: Path) -> None:
    assert "is a directory" in str(refusal(tmp_path))


def test_file_below_a_file(tmp_path: Path) -> None:
    (tmp_path / "a").touch()
    assert "not a directory" in str(refusal(tmp_path / "a" / "web.yaml"))


@pytest.mark.parametrize("device", ["/dev/zero", "/dev/null", "/dev/full"])
def test_device(device: str) -> None:
    assert "not a regular file" in str(refusal(Path(device)))


def test_pipe_that_nobody_writes_to(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    assert "not a regular file" in str(refusal(tmp_path / "pipe"))


def test_socket(tmp_path: Path) -> None:
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(str(tmp_path / "s"))
        assert "no such device" in str(refusal(tmp_path / "s"))


def test_link_to_itself(tmp_path: Path) -> None:
    (tmp_path / "loop").symlink_to("loop")
    assert "symbolic links" in str(refusal(tmp_path / "loop"))


def test_file_that_fails_while_it_is_read() -> None:
    assert "input/output error" in str(refusal(Path("/proc/self/mem")))


@pytest.mark.parametrize("name", ["a\0b", "x" * 300, "\udcff\x1b[2J"])
def test_name_that_no_file_has(name: str) -> None:
    error = refusal(Path(name))
    assert str(error).isprintable()


@pytest.mark.parametrize(
    ("data", "place", "words"),
    [
        (b"a" * 1024 * 1024, "1:1", "larger than 256 KiB"),
        (b"\xff\xfen\0a\0", "1:1", "UTF-16"),
        (b"name: web\nport_group: \xe9\n", "2:13", "not UTF-8"),
        (b"\x7fELF\x02\x01\x01", "1:1", "U+007F"),
        (bytes(range(256)), "3:115", "not UTF-8"),
        (b"\xed\xa0\x80", "1:1", "not UTF-8"),
        (b"\xef\xbb\xbf", "1:1", "empty"),
    ],
)
def test_bytes_that_are_no_text(data: bytes, place: str, words: str, tmp_path: Path) -> None:
    path = tmp_path / "web.yaml"
    path.write_bytes(data)
    error = refusal(path)
    assert f"{path}:{place}: " in error.details
    assert words in error.details


def test_largest_file_is_read(tmp_path: Path) -> None:
    text = (Path(__file__).parents[4] / "examples/pair.yaml").read_bytes()
    path = tmp_path / "web.yaml"
    path.write_bytes(text + b"#" * (256 * 1024 - len(text)))
    assert pairfile.load(path).name == "web"


def test_mark_of_byte_order_is_no_part_of_the_first_key(tmp_path: Path) -> None:
    text = (Path(__file__).parents[4] / "examples/pair.yaml").read_bytes()
    path = tmp_path / "web.yaml"
    path.write_bytes(b"\xef\xbb\xbf" + text.replace(b"\n", b"\r\n"))
    assert pairfile.load(path).name == "web"
