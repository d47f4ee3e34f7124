"""Links by netlink, as both labs need them; works in the network namespace of its thread."""

import errno
import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

from pyroute2 import IPRoute
from pyroute2.netlink.exceptions import NetlinkError

from vipprov.guest.errors import HypervisorError
from vipprov.hv.fabric.bridgeplan import Link

IFF_UP, IFF_LOWER_UP = 1, 0x10000
# The host has no address here, and answers for none of those that it has elsewhere.
SETTINGS = (("ipv6/conf/{}/disable_ipv6", "1"), ("ipv4/conf/{}/arp_ignore", "8"))
# A bridge that forwards at once, and floods multicast as a leaf does that snoops nothing.
BRIDGE = {"br_forward_delay": 0, "br_stp_state": 0, "br_mcast_snooping": 0}
SYSCTL = Path("/proc/sys/net")


@contextmanager
def netlink(doing: str) -> Iterator[Any]:
    """Yield a netlink socket; what netlink refuses is our error."""
    try:
        with IPRoute() as opened:
            yield opened
    except NetlinkError as error:
        raise HypervisorError(
            f"Could not {doing}.",
            details=os.strerror(error.code),
            hint="Run it as root: sudo vipprov …" if error.code == errno.EPERM else "",
        ) from error
    except PermissionError as error:
        raise HypervisorError(
            f"Could not {doing}.", details=str(error), hint="Run it as root."
        ) from error


def observed(opened: Any) -> dict[str, Link]:  # noqa: ANN401  untyped SDK
    """Return all links by their names."""
    messages = tuple(opened.get_links())
    names = {message["index"]: message.get("ifname") for message in messages}
    return {message.get("ifname"): _link(message, names) for message in messages}


def add_bridge(opened: Any, name: str, *, group: int) -> None:  # noqa: ANN401  untyped SDK
    """Make a bridge, down and unmarked but for its group."""
    opened.link("add", ifname=name, kind="bridge", group=group, state="down", **BRIDGE)


def adopt(opened: Any, name: str, *, alias: str, master: str | None) -> None:  # noqa: ANN401  untyped SDK
    """Mark a link of the host's, plug it into its bridge, and bring it up."""
    _silence(name)
    plug = {} if master is None else {"master": index(opened, master)}
    opened.link("set", index=index(opened, name), ifalias=alias, state="up", **plug)


def set_ageing(opened: Any, name: str, age: timedelta) -> None:  # noqa: ANN401  untyped SDK
    """Let a bridge forget MACs that have been silent for so long."""
    # The kernel counts in hundredths of a second.
    hundredths = round(age.total_seconds() * 100)
    opened.link("set", index=index(opened, name), kind="bridge", br_ageing_time=hundredths)


def index(opened: Any, name: str) -> int:  # noqa: ANN401  untyped SDK
    """Return the number by which the kernel knows this link."""
    found: list[int] = opened.link_lookup(ifname=name)
    if not found:
        raise NetlinkError(errno.ENODEV, name)
    return found[0]


def delete(opened: Any, name: str) -> None:  # noqa: ANN401  untyped SDK
    """Remove a link; quiet where it is gone."""
    try:
        opened.link("del", ifname=name)
    except NetlinkError as error:
        if error.code != errno.ENODEV:
            raise


def _silence(name: str) -> None:
    for place, value in SETTINGS:
        path = SYSCTL / place.format(name)
        if path.exists():
            path.write_text(value)


def _link(message: Any, names: dict[int, str]) -> Link:  # noqa: ANN401  untyped SDK
    info = message.get("linkinfo")
    return Link(
        name=message.get("ifname"),
        kind=(info.get("kind") if info else None) or "",
        alias=message.get("ifalias") or "",
        group=message.get("group") or 0,
        # A veth's peer in another namespace has a master of there, by a number of there.
        master=names.get(message.get("master")),
        up=bool(message["flags"] & IFF_UP),
        carries=bool(message["flags"] & IFF_UP and message["flags"] & IFF_LOWER_UP),
        mtu=message.get("mtu") or 0,
    )
