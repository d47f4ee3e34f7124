import os
from pathlib import Path

import pytest

from vipprov.cloudinit import secret
from vipprov.cloudinit.secret import Kind
from vipprov.guest.errors import SpecError
from vipprov.guest.pair import SecretKind, SecretRef


def env(name: str) -> SecretRef:
    return SecretRef(kind=SecretKind.ENV, target=name)


def file(path: Path) -> SecretRef:
    return SecretRef(kind=SecretKind.FILE, target=str(path))


def test_variable_that_is_not_set_is_named() -> None:
    with pytest.raises(SpecError, match="environment variable P is not set"):
        secret.read(env("P"), {}, Kind.PASSWORD)


@pytest.mark.parametrize("empty", ["", "\n", "  \n"])
def test_empty_secret_is_refused(empty: str) -> None:
    with pytest.raises(SpecError, match="The password of env:P is empty"):
        secret.read(env("P"), {"P": empty}, Kind.PASSWORD)


def test_one_line_end_is_stripped_and_no_more() -> None:
    assert secret.read(env("P"), {"P": " a \n"}, Kind.PASSWORD) == " a "
    assert secret.read(env("P"), {"P": "a\r\n"}, Kind.PASSWORD) == "a"
    assert secret.read(env("P"), {"P": "a\n\n"}, Kind.PASSWORD) == "a\n"


def test_file_that_is_absent_is_named(tmp_path: Path) -> None:
    with pytest.raises(SpecError, match=r"Cannot read .*/none: no such file"):
        secret.read(file(tmp_path / "none"), {}, Kind.PASSWORD)


@pytest.mark.parametrize("mode", [0o604, 0o644, 0o602, 0o666])
def test_password_that_everyone_may_open_is_refused_with_the_cure(
    tmp_path: Path, mode: int
) -> None:
    kept = written(tmp_path, b"hunter2", mode)
    with pytest.raises(SpecError, match="Everyone on this machine") as refused:
        secret.read(file(kept), {}, Kind.PASSWORD)
    assert refused.value.hint == f"chmod 600 {kept}"


def test_public_key_that_everyone_may_read_is_fine(tmp_path: Path) -> None:
    assert secret.read(file(written(tmp_path, b"k", 0o644)), {}, Kind.KEYS) == "k"


def test_pipe_that_nobody_writes_to_does_not_hold_us(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe", 0o600)
    with pytest.raises(SpecError, match="not a regular file"):
        secret.read(file(tmp_path / "pipe"), {}, Kind.PASSWORD)


def test_folder_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SpecError, match="is a directory"):
        secret.read(file(tmp_path), {}, Kind.KEYS)


def test_huge_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SpecError, match="larger than 64 KiB"):
        secret.read(file(written(tmp_path, b"x" * 70_000, 0o600)), {}, Kind.PASSWORD)


def test_octets_that_are_no_text_are_refused_by_their_line(tmp_path: Path) -> None:
    kept = written(tmp_path, b"fine\n\xff\xfe", 0o600)
    with pytest.raises(SpecError, match="password:2: This is not text in UTF-8"):
        secret.read(file(kept), {}, Kind.PASSWORD)
    with pytest.raises(SpecError, match="env:P:1: This is not text in UTF-8"):
        secret.read(env("P"), {"P": "\udcff"}, Kind.PASSWORD)


def test_name_that_no_file_can_have_is_refused() -> None:
    with pytest.raises(SpecError, match="no file can have this name"):
        secret.read(SecretRef(kind=SecretKind.FILE, target="a\x00b"), {}, Kind.KEYS)


def written(folder: Path, content: bytes, mode: int) -> Path:
    path = folder / "password"
    path.write_bytes(content)
    path.chmod(mode)
    return path
