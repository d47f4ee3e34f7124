"""The user's cloud-config laid over our user-data: lists grow, what must be ours stays ours."""

import posixpath
from collections.abc import Collection, Iterator, Mapping
from pathlib import PurePosixPath

from vipprov.cloudinit import own
from vipprov.cloudinit.marks import Mistake
from vipprov.cloudinit.own import CloudConfig

GROWING = frozenset(
    ("bootcmd", "packages", "runcmd", "ssh_authorized_keys", "users", "write_files")
)
ONCE = frozenset(("packages", "ssh_authorized_keys", "users"))
UPDATES = frozenset(("package_update", "package_upgrade"))
YIELDING = frozenset(("locale", "ssh_genkeytypes")) | UPDATES
REFUSED: Mapping[str, str] = {
    "cloud_config_modules": "decides whether our own modules run",
    "cloud_final_modules": "decides whether our own modules run",
    "cloud_init_modules": "decides whether our own modules run",
    "datasource": "decides where the guest looks for its configuration",
    "datasource_list": "decides where the guest looks for its configuration",
    "fqdn": "names the guest, which the pair file does",
    "network": "is not read from a cloud-config, and the pair file writes it",
}


def merge(
    ours: Mapping[str, object],
    config: CloudConfig,
    *,
    paths: Collection[PurePosixPath],
    firm: bool,
) -> dict[str, object]:
    """Return our user-data with the user's keys in it, or say all clashes at once.

    `paths` are the files that belong to vipprov in any guest. `firm` says that the pair file asks
    for packages to be updated: those keys then do not yield.
    """
    yielding = YIELDING - UPDATES if firm else YIELDING
    clashes = [*_keys(ours, config, yielding), *_files(paths, config)]
    if clashes:
        raise own.refusal(
            config.path, clashes, hint="Remove these keys, or say the same in the pair file."
        )
    return {**ours, **{key: _joined(ours, key, value) for key, value in config.tree.items()}}


def _joined(ours: Mapping[str, object], key: str, theirs: object) -> object:
    mine = ours.get(key)
    if key not in GROWING or not isinstance(mine, list) or not isinstance(theirs, list):
        return theirs
    return [*mine, *(item for item in theirs if key not in ONCE or item not in mine)]


def _keys(
    ours: Mapping[str, object], config: CloudConfig, yielding: frozenset[str]
) -> Iterator[Mistake]:
    for key, theirs in config.tree.items():
        if key in REFUSED and ours.get(key) != theirs:
            yield config.mistake((key,), f"{key!r} {REFUSED[key]}.")
        elif key not in ours or key in yielding or theirs == ours[key]:
            continue
        elif key not in GROWING:
            yield config.mistake((key,), f"{key!r} is set by vipprov from the pair file.")
        elif not isinstance(theirs, list):
            yield config.mistake((key,), f"{key!r} must be a list: vipprov adds to it.")


def _files(paths: Collection[PurePosixPath], config: CloudConfig) -> Iterator[Mistake]:
    theirs = config.tree.get("write_files")
    for index, file in enumerate(theirs if isinstance(theirs, list) else ()):
        path = _plain(file["path"]) if isinstance(file, dict) and "path" in file else None
        if path in paths:
            where = ("write_files", index, "path")
            yield config.mistake(where, f"{path} is written by vipprov from the pair file.")


def _plain(path: object) -> PurePosixPath:
    """Return the path without detours; two slashes in front mean one to Linux."""
    return PurePosixPath("/" + posixpath.normpath(str(path)).lstrip("/"))
