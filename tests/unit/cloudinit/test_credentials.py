from dataclasses import replace
from pathlib import Path

import bcrypt
import pytest

from cloudinit_values import KEY, pair
from vipprov.cloudinit.credentials import Credentials, resolve, ssh_keys
from vipprov.guest.errors import SpecError
from vipprov.guest.pair import SecretKind, SecretRef

FROM_ENVIRONMENT = SecretRef(kind=SecretKind.ENV, target="GUEST_PASSWORD")


def password_of(plain: str) -> str | None:
    asked = replace(pair(), password=FROM_ENVIRONMENT)
    return resolve(asked, {"GUEST_PASSWORD": plain}).password_hash


def test_nothing_asked_for_is_nothing() -> None:
    assert resolve(pair(), {}) == Credentials()


@pytest.mark.parametrize("plain", ["hunter2", " spaced ", "pässwörd", "$6$x$y", "x" * 72])
def test_password_becomes_a_hash_that_it_fits(plain: str) -> None:
    hashed = password_of(plain)
    assert hashed is not None
    assert bcrypt.checkpw(plain.encode(), hashed.replace("$2y$", "$2b$").encode())


def test_hash_has_the_name_that_cloud_init_knows_for_a_hash() -> None:
    # cloud-init 22.4 matches \$(1|2a|2y|5|6) and takes anything else for plain text.
    assert str(password_of("hunter2")).startswith("$2y$10$")


def test_line_feed_at_the_end_is_not_part_of_the_password(tmp_path: Path) -> None:
    file = tmp_path / "password"
    file.write_text("hunter2\n")
    file.chmod(0o600)
    asked = replace(pair(), password=SecretRef(kind=SecretKind.FILE, target=str(file)))
    hashed = str(resolve(asked, {}).password_hash)
    assert bcrypt.checkpw(b"hunter2", hashed.replace("$2y$", "$2b$").encode())


@pytest.mark.parametrize(
    "plain", ["x" * 73, "ä" * 37, "two\nlines", "tab\there", "nul\x00", "\x7f"]
)
def test_password_that_would_not_work_is_refused_and_not_quoted(plain: str) -> None:
    with pytest.raises(SpecError) as refused:
        password_of(plain)
    assert plain not in f"{refused.value} {refused.value.details} {refused.value.hint}"


def test_keys_come_from_files_and_from_the_pair_file_each_once(tmp_path: Path) -> None:
    other = KEY.replace("ops@desk", "dba@desk")
    file = tmp_path / "id.pub"
    file.write_text(f"# two people\n{KEY}\n\n{other}\n")
    asked = replace(pair(), ssh_keys=(KEY, SecretRef(kind=SecretKind.FILE, target=str(file))))
    assert ssh_keys(asked, {}) == (KEY, other)


def test_keys_can_be_known_without_the_password() -> None:
    asked = replace(pair(), ssh_keys=(KEY,), password=FROM_ENVIRONMENT)
    assert ssh_keys(asked, {}) == (KEY,)


def test_tilde_is_the_home_of_the_given_environment(tmp_path: Path) -> None:
    (tmp_path / "id.pub").write_text(KEY)
    asked = replace(pair(), ssh_keys=(SecretRef(kind=SecretKind.FILE, target="~/id.pub"),))
    assert ssh_keys(asked, {"HOME": str(tmp_path)}) == (KEY,)
