"""Live changes: which files differ, what makes them take effect, and whether that is disruptive."""

import difflib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import PurePosixPath

from vipprov.guest import modules, promisc, sysctl
from vipprov.guest.configuration import Configuration
from vipprov.guest.render import KEEPALIVED, KEEPALIVED_CONF, OWNED

# Lines of keepalived.conf that every member has to agree on. With others than its own a member
# does not hear the master's adverts, or announces another virtual MAC, and takes the vIP too.
_SHARED = ("vrrp_version", "version", "interface", "virtual_router_id", "use_vmac")
# VRRP 2 drops adverts of another interval; VRRP 3 takes the interval from the advert.
_SHARED_BY_VERSION_2 = "advert_int"

_RELOAD = ("systemctl", "reload-or-restart", KEEPALIVED)
_RESTART = ("systemctl", "restart", KEEPALIVED)


@dataclass(frozen=True, slots=True, kw_only=True)
class FileChange:
    """A file that is not as it should be. None: the file is not there, or is to go."""

    path: PurePosixPath
    before: str | None
    after: str | None

    @property
    def diff(self) -> str:
        """The change as a unified diff."""
        return "".join(
            difflib.unified_diff(
                (self.before or "").splitlines(keepends=True),
                (self.after or "").splitlines(keepends=True),
                fromfile="/dev/null" if self.before is None else str(self.path),
                tofile="/dev/null" if self.after is None else str(self.path),
            )
        )


def changes(
    observed: Mapping[PurePosixPath, str | None], desired: Configuration
) -> tuple[FileChange, ...]:
    """Return what to write and what to remove. `observed` holds the content of all OWNED files."""
    wanted = {file.path: file.content for file in desired.files}
    paths = dict.fromkeys((*wanted, *OWNED))
    return tuple(
        FileChange(path=path, before=observed.get(path), after=wanted.get(path))
        for path in paths
        if observed.get(path) != wanted.get(path)
    )


def activation(changes: tuple[FileChange, ...]) -> tuple[tuple[str, ...], ...]:
    """Return the commands that make these changes take effect once the files are in place.

    A sysctl that is no longer set keeps its value until the next boot. After a disruptive change
    keepalived is restarted: the caller stops the backups before it, and starts them after it.
    """
    by_path = {change.path: change for change in changes}
    commands: list[tuple[str, ...]] = []
    if by_path.keys() & {modules.LOAD, modules.OPTIONAL}:
        commands.append(modules.LOAD_NOW)
    if sysctl.PATH in by_path:
        commands.append(("sh", "-c", sysctl.APPLY))
    if promisc.PATH in by_path:
        commands.extend(_promisc(by_path[promisc.PATH]))
    if KEEPALIVED_CONF in by_path:
        commands.append(_RESTART if disruptive(changes) else _RELOAD)
    return tuple(commands)


def disruptive(changes: tuple[FileChange, ...]) -> bool:
    """Say whether members before and after the change would not understand one another."""
    return any(
        change.path == KEEPALIVED_CONF
        and change.before is not None
        and (change.after is None or _shared(change.before) != _shared(change.after))
        for change in changes
    )


def _promisc(change: FileChange) -> tuple[tuple[str, ...], ...]:
    # Stopped first, while systemd still has the old unit: it names the NIC that was switched on.
    off = (("systemctl", "stop", promisc.UNIT),) if change.before is not None else ()
    if change.after is None:
        return (
            *off,
            ("systemctl", "-q", "disable", promisc.UNIT),
            ("systemctl", "daemon-reload"),
        )
    return (
        *off,
        ("systemctl", "daemon-reload"),
        ("systemctl", "-q", "reenable", promisc.UNIT),
        ("systemctl", "start", promisc.UNIT),
    )


def _shared(conf: str) -> tuple[str, ...]:
    """Return what the members must agree on, in an order that does not matter."""
    lines = [" ".join(re.split("[#!]", line, maxsplit=1)[0].split()) for line in conf.splitlines()]
    words = _SHARED if "vrrp_version 3" in lines else (*_SHARED, _SHARED_BY_VERSION_2)
    kept = (line for line in lines if line.split(" ", maxsplit=1)[0] in words)
    instances = (line for line in lines if line.startswith("vrrp_instance "))
    return (*sorted(instances), *sorted(kept))
