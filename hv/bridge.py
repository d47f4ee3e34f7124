"""Linux bridges of this machine and the flags of their ports, read and set through sysfs.

sysfs needs no netlink library, whose import alone costs more than the rest of a command; only a
static entry of the forwarding table, which is rarely needed, is made through pyroute2.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from vipprov.guest.errors import HypervisorError

LINKS = Path("/sys/class/net")

# NUD_NOARP and NTF_MASTER of linux/neighbour.h.
STATIC = 0x40
AT_BRIDGE = 0x04


@dataclass(frozen=True, slots=True, kw_only=True)
class Flags:
    """What a bridge does with the frames of one of its ports."""

    learning: bool
    flood: bool
    isolated: bool


class Bridges:
    """The bridges of this machine."""

    def __init__(self, links: Path = LINKS) -> None:
        self._links = links

    def is_link(self, name: str) -> bool:
        """Say whether there is a network interface of this name."""
        return bool(name) and "/" not in name and (self._links / name).is_dir()

    def is_bridge(self, name: str) -> bool:
        """Say whether there is a Linux bridge of this name."""
        return self.is_link(name) and (self._links / name / "bridge").is_dir()

    def members(self, bridge: str) -> tuple[str, ...]:
        """Return the devices plugged into the bridge, by name."""
        folder = self._links / bridge / "brif"
        return tuple(sorted(port.name for port in folder.iterdir())) if folder.is_dir() else ()

    def flags(self, device: str) -> Flags | None:
        """Return the flags of a bridge port; None for a device that is none."""
        folder = self._links / device / "brport"
        if not folder.is_dir():
            return None
        return Flags(
            learning=_read(folder / "learning"),
            flood=_read(folder / "unicast_flood"),
            isolated=_read(folder / "isolated"),
        )

    def set_flags(self, device: str, wanted: Flags) -> None:
        """Bring a bridge port to these flags; what is so already is not touched."""
        folder = self._links / device / "brport"
        now = self.flags(device)
        for name, is_on, was_on in (
            ("learning", wanted.learning, now and now.learning),
            ("unicast_flood", wanted.flood, now and now.flood),
            ("isolated", wanted.isolated, now and now.isolated),
        ):
            if is_on is not was_on:
                _write(folder / name, is_on=is_on)

    def pinned(self, device: str) -> frozenset[str]:
        """Return the MACs that the bridge was told by hand are behind the port."""
        with _netlink(f"read the forwarding table of {device}") as netlink:
            (index,) = netlink.link_lookup(ifname=device)
            return frozenset(
                entry.get_attr("NDA_LLADDR")
                for entry in netlink.fdb("dump")
                if entry["ifindex"] == index and entry["state"] & STATIC
            )

    def pin(self, device: str, mac: str) -> None:
        """Tell the bridge that this MAC is behind the port."""
        if mac not in self.pinned(device):
            with _netlink(f"pin {mac} to {device}") as netlink:
                (index,) = netlink.link_lookup(ifname=device)
                netlink.fdb("replace", ifindex=index, lladdr=mac, flags=AT_BRIDGE, state=STATIC)

    def unpin(self, device: str, mac: str) -> None:
        """Let the bridge learn the place of this MAC again."""
        if mac in self.pinned(device):
            with _netlink(f"unpin {mac} from {device}") as netlink:
                (index,) = netlink.link_lookup(ifname=device)
                netlink.fdb("del", ifindex=index, lladdr=mac, flags=AT_BRIDGE)


def _read(path: Path) -> bool:
    return path.read_text().strip() == "1"


def _write(path: Path, *, is_on: bool) -> None:
    try:
        path.write_text("1" if is_on else "0")
    except OSError as error:
        raise HypervisorError(
            f"Could not set {path.name} of the bridge port {path.parent.parent.name}.",
            details=str(error),
            hint="It takes root, and /sys must be writable.",
        ) from error


@contextmanager
def _netlink(doing: str) -> Iterator[Any]:
    """Open netlink; what pyroute2 returns is untyped and stays inside the block."""
    from pyroute2 import IPRoute, NetlinkError  # noqa: PLC0415  its import takes 0.4 s

    try:
        with IPRoute() as netlink:
            yield netlink
    except (NetlinkError, OSError) as error:
        raise HypervisorError(f"Could not {doing}.", details=str(error)) from error
