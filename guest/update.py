"""Live changes: which files differ, what makes them take effect, and whether that is disruptive."""

import difflib
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import PurePosixPath

from vipprov.guest import modules, networkd, promisc, sysctl
from vipprov.guest.configuration import Configuration
from vipprov.guest.render import KEEPALIVED, KEEPALIVED_CONF, owned

# What a member may have of its own. All else must be the same everywhere: a member that differs
# in it drops the master's adverts and takes the vIP too (docs/measurements/reload.md). What we
# cannot judge, such as a line of `keepalived_extra`, is taken for shared.
_OWN = frozenset(
    (
        *("router_id", "script_user", "enable_script_security", "vrrp_garp_master_refresh"),
        *("vrrp_script", "state", "priority", "nopreempt", "unicast_src_ip", "unicast_peer"),
        *("track_script", "notify"),
    )
)
# A reload of keepalived 2.2.7 that takes the virtual MAC away loses the vIP with it.
_BEYOND_RELOAD = frozenset(("vrrp_instance", "interface", "virtual_router_id", "use_vmac"))

# A stopped unit is started by either.
_RELOAD = ("systemctl", "reload-or-restart", KEEPALIVED)
_RESTART = ("systemctl", "restart", KEEPALIVED)

Statement = tuple[str, ...]


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
    """Return what to write and what to remove. `observed` holds the content of all owned files."""
    wanted = {file.path: file.content for file in desired.files}
    return tuple(
        FileChange(path=path, before=observed.get(path), after=wanted.get(path))
        for path in owned(desired)
        if observed.get(path) != wanted.get(path)
    )


def reverse(
    changes: tuple[FileChange, ...], observed: Mapping[PurePosixPath, str]
) -> tuple[FileChange, ...]:
    """Return what takes these changes back, as far as they were made when this was observed."""
    return tuple(
        FileChange(path=one.path, before=observed.get(one.path), after=one.before)
        for one in changes
        if observed.get(one.path) != one.before
    )


def activation(changes: tuple[FileChange, ...]) -> tuple[tuple[str, ...], ...]:
    """Return the commands that make these changes take effect once the files are in place.

    They are for the owner of the vIP first, then for the others: a backup with a shorter advert
    interval than its master's takes the vIP. If `disruptive`, the others are stopped before that.
    A sysctl that is no longer set keeps its value until the next boot.
    """
    by_path = {change.path: change for change in changes}
    commands: list[tuple[str, ...]] = []
    if by_path.keys() & {modules.LOAD, modules.OPTIONAL}:
        commands.append(modules.LOAD_NOW)
    if sysctl.PATH in by_path:
        commands.append(("sh", "-c", sysctl.APPLY))
    if any(networkd.is_ours(path) for path in by_path):
        commands.append(networkd.APPLY)
    if promisc.PATH in by_path:
        commands.extend(_promisc(by_path[promisc.PATH]))
    if KEEPALIVED_CONF in by_path:
        beyond_reload = _differ(by_path[KEEPALIVED_CONF], _beyond_reload)
        commands.append(_RESTART if beyond_reload else _RELOAD)
    return tuple(commands)


def disruptive(changes: tuple[FileChange, ...]) -> bool:
    """Say whether a member after the change and one before it would both take the vIP."""
    return any(
        change.path == KEEPALIVED_CONF and change.before is not None and _differ(change, _shared)
        for change in changes
    )


def _differ(
    change: FileChange, kept: Callable[[tuple[Statement, ...]], frozenset[Statement]]
) -> bool:
    return kept(_statements(change.before or "")) != kept(_statements(change.after or ""))


def _shared(statements: tuple[Statement, ...]) -> frozenset[Statement]:
    # VRRP 2 drops an advert of another interval; VRRP 3 takes the interval from the advert.
    own = _OWN | {"advert_int"} if ("global_defs", "vrrp_version 3") in statements else _OWN
    return frozenset(found for found in statements if not own & _keywords(found))


def _beyond_reload(statements: tuple[Statement, ...]) -> frozenset[Statement]:
    return frozenset(found for found in statements if _keyword(found[-1]) in _BEYOND_RELOAD)


def _statements(conf: str) -> tuple[Statement, ...]:
    """Return every line of the configuration below the titles of the blocks that it stands in."""
    blocks: list[str] = []
    found: list[Statement] = []
    for line in conf.splitlines():
        code = " ".join(re.split("[#!]", line, maxsplit=1)[0].split())
        if code.endswith("{"):
            blocks.append(code.removesuffix("{").strip())
            found.append(tuple(blocks))
        elif code == "}":
            blocks = blocks[:-1]
        elif code:
            found.append((*blocks, code))
    return tuple(found)


def _keywords(statement: Statement) -> frozenset[str]:
    return frozenset(_keyword(part) for part in statement)


def _keyword(code: str) -> str:
    return code.split(" ", maxsplit=1)[0]


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
