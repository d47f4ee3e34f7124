"""OpenSSH public keys, told from private ones and from everything else."""

import base64
import binascii

from vipprov.guest.errors import SpecError
from vipprov.guest.sshkey import TYPES


def parse(text: str, where: str) -> tuple[str, ...]:
    """Return the public keys in the text, one a line; `where` begins the error."""
    if "PRIVATE KEY" in text:
        raise SpecError(
            f"{where} is a private key.",
            hint="Name the public key that lies beside it; its name ends in .pub.",
        )
    lines = (line.strip() for line in text.splitlines())
    keys = tuple(line for line in lines if line and not line.startswith("#"))
    if not keys or not all(_is_public_key(key) for key in keys):
        raise SpecError(
            f"{where} is not a public key of OpenSSH.",
            hint=f"Such a key begins with its type: {', '.join(TYPES[:2])} …",
        )
    return keys


def _is_public_key(line: str) -> bool:
    name, _, rest = line.partition(" ")
    body, _, _ = rest.strip().partition(" ")
    if name not in TYPES or not line.isprintable():
        return False
    try:
        wire = base64.b64decode(body, validate=True)
    except binascii.Error:
        return False
    # RFC 4253 §6.6: the key says its type once more, after the length of that name.
    return wire.startswith(len(name).to_bytes(4) + name.encode()) and len(wire) > len(name) + 4
