"""How a vCenter or an ESXi host is reached: from its address and from environment variables.

A password is never a value here, in the address or on a command line. `VIPPROV_VSPHERE_PASSWORD`
says where it is: `env:NAME`, `file:PATH`, or `command:PROGRAM ARGUMENT…`, which prints it in its
first line. The server is verified always: against the authorities of this machine, those of
`VIPPROV_VSPHERE_CA` (a file), or by the SHA-256 of its certificate in `VIPPROV_VSPHERE_THUMBPRINT`.
"""

import re
import shlex
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final
from urllib.parse import unquote, urlsplit

from vipprov.guest.errors import MissingError, SpecError
from vipprov.guest.pairfile import hypervisors

PASSWORD: Final = "VIPPROV_VSPHERE_PASSWORD"  # noqa: S105  a variable's name
CA: Final = "VIPPROV_VSPHERE_CA"
THUMBPRINT: Final = "VIPPROV_VSPHERE_THUMBPRINT"
COMMAND_SECONDS: Final = 30
_PORT = 443
_SHA256 = re.compile(r"[0-9a-f]{64}")
_WAYS = "Write env:NAME, file:PATH or command:PROGRAM; the password itself may not stand there."


@dataclass(frozen=True, slots=True, kw_only=True)
class Access:
    """Where to log in, as whom, and how the server proves itself."""

    host: str
    port: int
    user: str
    datacenter: str
    password: str = field(repr=False)
    ca: Path | None
    thumbprint: str | None

    def __str__(self) -> str:
        return self.host if self.port == _PORT else f"{self.host}:{self.port}"


def parse(address: str, environment: Mapping[str, str]) -> Access:
    """Return the access that the address and the variables describe, or say what is wrong."""
    hypervisors.scheme(address)
    parts = urlsplit(address)
    if not parts.hostname or not parts.username:
        raise SpecError(
            "The address of the vCenter names no user.",
            hint="Write vsphere://user@vcenter.example/DC1; a @ in the user's name stays as it is.",
        )
    ca = environment.get(CA)
    if ca and not Path(ca).is_file():
        raise MissingError(f"{CA} names a file that is not there: {ca}.")
    return Access(
        host=parts.hostname,
        port=parts.port or _PORT,
        user=unquote(parts.username),
        datacenter=_inventory_path(parts.path),
        password=_password(environment),
        ca=Path(ca) if ca else None,
        thumbprint=_thumbprint(environment.get(THUMBPRINT, "")),
    )


def _inventory_path(path: str) -> str:
    """Return the path as vSphere writes it: a slash within a name is %2f, all else is itself."""
    return "/".join(unquote(name).replace("/", "%2f") for name in path.strip("/").split("/"))


def _thumbprint(text: str) -> str | None:
    digits = text.replace(":", "").strip().lower()
    if digits and not _SHA256.fullmatch(digits):
        raise SpecError(
            f"{THUMBPRINT} is no SHA-256.",
            hint="It has 64 hexadecimal digits: `openssl x509 -noout -fingerprint -sha256`.",
        )
    return digits or None


def _password(environment: Mapping[str, str]) -> str:
    reference = environment.get(PASSWORD, "")
    kind, _, target = reference.partition(":")
    match kind:
        case _ if not reference:
            raise SpecError(f"The environment variable {PASSWORD} is not set.", hint=_WAYS)
        case "env" if target in environment:
            found = environment[target]
        case "env":
            raise MissingError(f"{PASSWORD} names the variable {target}, which is not set.")
        case "file":
            found = _from_file(Path(target).expanduser())
        case "command":
            found = _from_command(target)
        case _:
            raise SpecError(f"{PASSWORD} is no reference.", hint=_WAYS)
    if not found:
        raise SpecError(f"The password that {PASSWORD} refers to is empty.")
    return found


def _from_file(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8").partition("\n")[0]
    except (OSError, UnicodeDecodeError) as error:
        raise MissingError(
            f"The file that {PASSWORD} names cannot be read: {path}.", details=type(error).__name__
        ) from error


def _from_command(text: str) -> str:
    """Return the first line that the command prints; what it prints is never repeated."""
    try:
        words = shlex.split(text)
        done = subprocess.run(
            words, capture_output=True, text=True, check=True, timeout=COMMAND_SECONDS
        )
    except (OSError, ValueError, IndexError, subprocess.SubprocessError) as error:
        raise SpecError(
            f"The command that {PASSWORD} names failed.", details=type(error).__name__
        ) from None
    return done.stdout.partition("\n")[0]
