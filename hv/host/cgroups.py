"""How control groups are mounted, and whether libvirt can live with what it sees of them."""

import re
from dataclasses import dataclass
from enum import Enum
from pathlib import Path

MOUNT = "/sys/fs/cgroup"
DAEMONS = ("libvirtd", "virtlxcd")


class Layout(Enum):
    """The ways in which a system mounts its control groups."""

    V1 = "v1"
    HYBRID = "hybrid"
    V2 = "v2"
    NONE = "none"


@dataclass(frozen=True, slots=True, kw_only=True)
class Cgroups:
    """The layout of this machine, and the layout that libvirt's daemon sees if that is known."""

    layout: Layout
    seen_by_libvirt: Layout | None
    unified_controllers: tuple[str, ...] = ()


def read(proc: Path = Path("/proc"), mount: Path = Path(MOUNT)) -> Cgroups:
    """Return what this machine has."""
    layout = parse((proc / "self/mountinfo").read_text())
    listing = mount / "unified/cgroup.controllers"
    return Cgroups(
        layout=layout,
        seen_by_libvirt=_of_daemon(proc),
        unified_controllers=tuple(listing.read_text().split()) if listing.is_file() else (),
    )


def parse(mountinfo: str) -> Layout:
    """Return the layout that a mount table shows."""
    kinds = set()
    for line in mountinfo.splitlines():
        match = re.match(rf"\S+ \S+ \S+ \S+ (?P<target>{MOUNT}\S*) .* - (?P<kind>\S+) ", line)
        if match and match["kind"] == "cgroup2" and match["target"] == MOUNT:
            return Layout.V2
        if match:
            kinds.add(match["kind"])
    if {"cgroup", "cgroup2"} <= kinds:
        return Layout.HYBRID
    return Layout.V1 if "cgroup" in kinds else Layout.NONE


def _of_daemon(proc: Path) -> Layout | None:
    """Return what the daemon sees: it may live in a mount namespace of its own."""
    for process in proc.glob("[0-9]*"):
        try:
            if (process / "comm").read_text().strip() in DAEMONS:
                return parse((process / "mountinfo").read_text())
        except (OSError, UnicodeDecodeError):  # ended a moment ago, or not ours to see
            continue
    return None
