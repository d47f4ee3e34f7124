"""How ssh gets to a guest: through the hypervisor, with host keys that came the same way."""

import shlex
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from vipprov.guest.deadline import Deadline
from vipprov.guest.errors import GuestError, HypervisorError, SpecError
from vipprov.hv.machines import Machines

HOST_KEYS = "cat /etc/ssh/ssh_host_*_key.pub"
FIRST_USER = ("getent", "passwd", "1000")
PROXY = "vipprov.pipelines.cli.sshproxy"


@dataclass(frozen=True, slots=True, kw_only=True)
class Login:
    """Who is logged in as, and the lines of a known_hosts file that vouch for the guest."""

    user: str
    known_hosts: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Files:
    """What ssh reads: whom it trusts, and the key that it logs in with, if not the usual one."""

    known_hosts: Path
    identity: Path | None = None


def login(machines: Machines, name: str, *, user: str | None, by: Deadline) -> Login:
    """Ask the guest for its host keys and, where none is named, for its first ordinary user."""
    keys = machines.run(name, ("sh", "-c", HOST_KEYS), by=by)
    if keys.code != 0:
        raise GuestError(
            f"{name} has no ssh host keys.",
            details=keys.stderr.decode(errors="replace").strip(),
            hint="Its first boot may not be over yet.",
        )
    lines = (line.split()[:2] for line in keys.text.splitlines() if line.strip())
    known = "".join(f"{name} {kind} {key}\n" for kind, key in lines)
    return Login(user=user or _first_user(machines, name, by=by), known_hosts=known)


def command(
    name: str, *, hypervisor: str, login: Login, files: Files, argv: Sequence[str]
) -> tuple[str, ...]:
    """Return the ssh command. The proxy hands ssh a socket that it opened inside the guest."""
    # -P: the folder that we stand in is no place to import from. ssh reads % itself, then a shell.
    words = (sys.executable, "-P", "-m", PROXY, hypervisor)
    proxy = f"{shlex.join(words).replace('%', '%%')} %h"
    return (
        "ssh",
        *("-o", f"ProxyCommand={proxy}"),
        *("-o", "ProxyUseFdpass=yes"),
        *("-o", f'UserKnownHostsFile="{files.known_hosts}"'),
        *("-o", "GlobalKnownHostsFile=/dev/null"),
        *("-o", "StrictHostKeyChecking=yes"),
        *(() if files.identity is None else ("-i", str(files.identity))),
        *("-l", login.user),
        "--",
        name,
        *argv,
    )


def remote(name: str, words: Sequence[str]) -> tuple[str, ...]:
    """Return the command to run in the guest; SpecError where it is an option that came too late.

    A `--` before it is not part of it.
    """
    if words and words[0] != "--" and words[0].startswith("-"):
        raise SpecError(
            f"{words[0]} comes after the guest, where the command to run is expected.",
            hint=f"Options go before it: `vipprov vm ssh {words[0]} … {name}`.",
        )
    return tuple(words[1:] if words and words[0] == "--" else words)


def run(argv: Sequence[str]) -> int:
    """Run the ssh command on this terminal and return its exit code."""
    try:
        return subprocess.run(argv, check=False).returncode
    except FileNotFoundError as error:
        raise HypervisorError(
            "Guests are logged in to with ssh, which is not installed.",
            hint="Install the package openssh-client.",
        ) from error


def _first_user(machines: Machines, name: str, *, by: Deadline) -> str:
    """Return the name of the user that cloud-init made, root where there is none."""
    found = machines.run(name, FIRST_USER, by=by).text.partition(":")[0]
    return found or "root"
