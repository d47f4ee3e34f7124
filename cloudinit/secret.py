"""Secrets by reference: from the environment, or from a file that others cannot read."""

import os
import stat
from collections.abc import Mapping
from enum import Enum
from pathlib import Path
from typing import assert_never

from vipprov.cloudinit import textfile
from vipprov.guest.errors import SpecError
from vipprov.guest.pair import SecretKind, SecretRef

LARGEST = 64 * 1024


class Kind(Enum):
    """What is referred to: a password is for our eyes only, public keys are for everyone's."""

    PASSWORD = "password"  # noqa: S105  the word, not one
    KEYS = "ssh key"


CURES = {
    Kind.PASSWORD: "`password` in the pair file names it.",
    Kind.KEYS: "`ssh_keys` in the pair file names it: `ssh-keygen -t ed25519` makes a key.",
}


def read(reference: SecretRef, environment: Mapping[str, str], kind: Kind) -> str:
    """Return what the reference leads to, without a line feed at its end. Errors never quote it."""
    match reference.kind:
        case SecretKind.ENV:
            raw = _variable(reference, environment)
        case SecretKind.FILE:
            raw = _file(_path(reference.target, environment), kind)
        case _:
            assert_never(reference.kind)
    found = textfile.text(raw, str(reference)).removesuffix("\n").removesuffix("\r")
    if not found.strip():
        raise SpecError(f"The {kind.value} of {reference} is empty.")
    return found


def _variable(reference: SecretRef, environment: Mapping[str, str]) -> bytes:
    found = environment.get(reference.target)
    if found is None:
        raise SpecError(
            f"The environment variable {reference.target} is not set.",
            hint=f"Export it, or change {reference} in the pair file.",
        )
    return os.fsencode(found)


def _file(path: Path, kind: Kind) -> bytes:
    def check(status: os.stat_result) -> None:
        if kind is Kind.PASSWORD and status.st_mode & (stat.S_IROTH | stat.S_IWOTH):
            raise SpecError(
                f"Everyone on this machine may open {path}, which holds a password.",
                hint=f"chmod 600 {path}",
            )

    return textfile.read(path, largest=LARGEST, check=check, hint=CURES[kind])


def _path(target: str, environment: Mapping[str, str]) -> Path:
    if target.startswith("~/") and "HOME" in environment:
        return Path(environment["HOME"]) / target.removeprefix("~/")
    return Path(target)
