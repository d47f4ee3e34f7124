import base64

import pytest

from cloudinit_values import KEY
from vipprov.cloudinit import publickey
from vipprov.guest.errors import SpecError
from vipprov.guest.sshkey import TYPES


def test_keys_are_returned_as_written() -> None:
    assert publickey.parse(f"\n# ours\n{KEY}\n", "ssh_keys") == (KEY,)


@pytest.mark.parametrize("name", TYPES)
def test_every_modern_type_is_known(name: str) -> None:
    wire = len(name).to_bytes(4) + name.encode() + b"body"
    key = f"{name} {base64.b64encode(wire).decode()}"
    assert publickey.parse(key, "ssh_keys") == (key,)


def test_private_key_is_refused_with_the_cure() -> None:
    text = "-----BEGIN OPENSSH PRIVATE KEY-----\nc2VjcmV0\n-----END OPENSSH PRIVATE KEY-----\n"
    with pytest.raises(SpecError, match=r"file:id is a private key") as refused:
        publickey.parse(text, "file:id")
    assert ".pub" in refused.value.hint
    assert "c2VjcmV0" not in str(refused.value)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "hunter2",
        "ssh-ed25519",
        "ssh-ed25519 not-base64",
        "ssh-ed25519 AAAA",
        KEY.replace("ssh-ed25519", "ssh-rsa", 1),
        KEY.replace("ssh-ed25519", "ssh-dss", 1),
        f'command="reboot" {KEY}',
        f"{KEY}\x1b[2J",
        f"{KEY}\nhunter2",
    ],
)
def test_everything_else_is_no_public_key_and_is_not_quoted(text: str) -> None:
    with pytest.raises(SpecError, match="not a public key") as refused:
        publickey.parse(text, "env:KEY")
    assert "hunter2" not in f"{refused.value} {refused.value.details} {refused.value.hint}"
