"""A canary password and key: they may be in the documents, and nowhere else."""

import logging
import traceback
from dataclasses import replace
from pathlib import Path

import pytest

from cloudinit_values import pair, seed
from vipprov.cloudinit import credentials, folder, iso, own
from vipprov.cloudinit.credentials import Credentials
from vipprov.guest.errors import SpecError, VipprovError
from vipprov.guest.pair import Pair, SecretKind, SecretRef

CANARY = "canary-7f3a"
ENVIRONMENT = {"GUEST_PASSWORD": CANARY}


def test_values_do_not_show_what_they_hold(tmp_path: Path) -> None:
    file = tmp_path / "user.yaml"
    file.write_text(f"#cloud-config\nfinal_message: {CANARY}\n")
    held = Credentials(password_hash=CANARY, ssh_keys=(CANARY,))
    made = seed(credentials=held, own=own.load(file))
    assert CANARY in made.user_data
    for value in (held, made, own.load(file), [held, made]):
        assert CANARY not in f"{value} {value!r}"


def test_password_is_in_no_document() -> None:
    asked = replace(pair(), password=SecretRef(kind=SecretKind.ENV, target="GUEST_PASSWORD"))
    made = seed(asked, credentials=credentials.resolve(asked, ENVIRONMENT))
    assert all(CANARY not in content for _, content in made.files())


@pytest.mark.parametrize(
    "content",
    [
        f"{CANARY}: [",
        f"password: *{CANARY}",
        f"password: !{CANARY} x",
        f"password: [{CANARY}, 'x",
        f"write_files: {CANARY}",
        f"hostname: {CANARY}",
        f"password: {CANARY}\npassword: {CANARY}",
    ],
)
def test_bad_cloud_config_is_refused_without_quoting_it(tmp_path: Path, content: str) -> None:
    file = tmp_path / "user.yaml"
    file.write_text(f"#cloud-config\n{content}\n")
    with pytest.raises(SpecError) as refused:
        seed(own=own.load(file))
    assert CANARY not in everything(refused.value)


@pytest.mark.parametrize("plain", [f"{CANARY}\n{CANARY}", CANARY * 9, f"{CANARY}\udcff"])
def test_bad_password_is_refused_without_quoting_it(plain: str) -> None:
    asked = replace(pair(), password=SecretRef(kind=SecretKind.ENV, target="GUEST_PASSWORD"))
    with pytest.raises(SpecError) as refused:
        credentials.resolve(asked, {"GUEST_PASSWORD": plain})
    assert CANARY not in everything(refused.value)


def test_private_key_is_refused_without_quoting_it(tmp_path: Path) -> None:
    file = tmp_path / "id"
    file.write_text(f"-----BEGIN OPENSSH PRIVATE KEY-----\n{CANARY}\n")
    asked = with_key(SecretRef(kind=SecretKind.FILE, target=str(file)))
    with pytest.raises(SpecError) as refused:
        credentials.resolve(asked, {})
    assert CANARY not in everything(refused.value)


def test_writing_names_no_file_after_a_secret_and_logs_nothing(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    made = seed(credentials=Credentials(password_hash=CANARY, ssh_keys=(CANARY,)))
    folder.write(made, tmp_path / "nocloud")
    iso.write(made, tmp_path / "seed.iso")
    assert all(CANARY not in str(path) for path in tmp_path.rglob("*"))
    assert CANARY not in caplog.text


def with_key(reference: SecretRef) -> Pair:
    return replace(pair(), ssh_keys=(reference,))


def everything(error: VipprovError) -> str:
    """Return all that a person or a log could get to see of an error, causes with their values."""
    shown = "".join(traceback.format_exception(error))
    return f"{shown} {error!r} {error.details} {error.hint} {error.__cause__!r}"
