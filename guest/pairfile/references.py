"""Secrets and keys. A secret stands outside the file; what looks like one is never repeated."""

import base64
import binascii
import re

from vipprov.guest.pair import SecretKind, SecretRef
from vipprov.guest.pairfile import names
from vipprov.guest.pairfile.mistake import Mistaken
from vipprov.guest.sshkey import TYPES

REFERENCE = r"(env:[A-Za-z_][A-Za-z0-9_]*|file:.+)"

_INSTEAD = "Write where it is kept: env:NAME or file:PATH"


def secret(value: object) -> SecretRef:
    """Return a reference to a secret."""
    match value:
        case str() if value.startswith("env:"):
            return _variable(value.removeprefix("env:"))
        case str() if value.startswith("file:"):
            return _file(value.removeprefix("file:"))
        case _:
            raise Mistaken("a secret itself may not stand in the file", _INSTEAD)


def ssh_key(value: object) -> str | SecretRef:
    """Return a public key, or a reference to one."""
    match value:
        case str() if value.startswith(("env:", "file:")):
            return secret(value)
        case str() if "PRIVATE KEY" in value:
            what = "a private key may not stand in the file"
            raise Mistaken(what, "Write the public one, such as file:~/.ssh/id_ed25519.pub")
        case str() if _is_public_key(value.strip()):
            return value.strip()
        case _:
            what = "this is no public key of a kind that current ssh servers take"
            raise Mistaken(what, "Write file:~/.ssh/id_ed25519.pub, or the key: ssh-ed25519 AAAA…")


def _variable(name: str) -> SecretRef:
    if not re.fullmatch(r"[A-Za-z_][A-Za-z0-9_]{0,127}", name):
        what = "what follows env: is not the name of a variable"
        raise Mistaken(what, "Write the name alone, such as env:GUEST_PASSWORD")
    return SecretRef(kind=SecretKind.ENV, target=name)


def _file(name: str) -> SecretRef:
    try:
        return SecretRef(kind=SecretKind.FILE, target=names.path(name))
    except Mistaken as error:
        # Not its own words: they would repeat what stands here.
        what = "what follows file: is not the path of a file"
        instead = "Write a path, such as file:~/.config/guest-password"
        raise Mistaken(what, instead) from error


def _is_public_key(line: str) -> bool:
    kind, _, rest = line.partition(" ")
    body, _, comment = rest.partition(" ")
    if kind not in TYPES or not comment.isprintable():
        return False
    try:
        blob = base64.b64decode(body, validate=True)
    except (binascii.Error, ValueError):
        return False
    # The key says its kind again inside (RFC 4253 §6.6): a length of four bytes, then the name.
    return blob.startswith(len(kind).to_bytes(4, "big") + kind.encode())
