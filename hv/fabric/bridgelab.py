"""The bridge lab in this machine's network: brought up, shown, taken down. All by netlink."""

import errno
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, assert_never

from pyroute2 import IPRoute
from pyroute2.netlink.exceptions import NetlinkError

from vipprov.guest.errors import HeldError, HypervisorError, MissingError
from vipprov.hv.fabric import bridgeplan
from vipprov.hv.fabric.bridgeplan import AddBridge, AddTrunk, Adopt, Change, Lab, Link

IFF_UP = 1
# Another run that builds the same lab makes ours find a link that was not there a moment ago.
RACES = (errno.EEXIST, errno.ENODEV)
TRIES = 3
# The host has no address here, and answers for none of those that it has elsewhere.
SETTINGS = (("ipv6/conf/{}/disable_ipv6", "1"), ("ipv4/conf/{}/arp_ignore", "8"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Leaf:
    """A leaf bridge as it is: `ours` is false for one that was there before the lab."""

    name: str
    ours: bool
    trunked: bool
    ports: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class LabState:
    """A lab as it is. `changed` says whether this run had something to do."""

    name: str
    spine: str
    leafs: tuple[Leaf, ...]
    changed: bool = False


def up(lab: Lab) -> LabState:
    """Build what is missing of the lab; bridges of others with the right name are used as found."""
    with _netlink("build the lab") as netlink:
        changes = _build(netlink, lab, TRIES)
        return _state(lab, _links(netlink), changed=bool(changes))


def status(name: str) -> LabState:
    """Return the lab of this name, or raise MissingError."""
    with _netlink("look at the lab") as netlink:
        lab = Lab(name=name, leafs=bridgeplan.LEAFS[-1])
        observed = _links(netlink)
        if not bridgeplan.removal(lab, observed):
            raise MissingError(f"There is no lab {name!r} here.", hint="See vipprov lab up.")
        return _state(lab, observed, changed=False)


def down(name: str, *, force: bool) -> tuple[str, ...]:
    """Remove the links that the lab made and return their names; refused while others use them."""
    with _netlink("take the lab down") as netlink:
        lab = Lab(name=name, leafs=bridgeplan.LEAFS[-1])
        observed = _links(netlink)
        used = bridgeplan.foreign_ports(lab, observed)
        if used and not force:
            raise HeldError(
                f"The lab {name!r} is in use.",
                details="\n".join(f"{key}: {', '.join(ports)}" for key, ports in used.items()),
                hint="Destroy the guests first, or add --force.",
            )
        gone = bridgeplan.removal(lab, observed)
        for link in gone:
            _delete(netlink, link)
        return gone


def _build(netlink: Any, lab: Lab, tries: int) -> tuple[Change, ...]:  # noqa: ANN401  untyped SDK
    changes = bridgeplan.plan(lab, _links(netlink))
    try:
        for change in changes:
            _apply(netlink, lab, change)
    except NetlinkError as error:
        if error.code not in RACES or tries == 1:
            raise
        return (*changes, *_build(netlink, lab, tries - 1))
    return changes


def _apply(netlink: Any, lab: Lab, change: Change) -> None:  # noqa: ANN401  untyped SDK
    match change:
        case AddBridge(name=name):
            options = {"br_forward_delay": 0, "br_stp_state": 0, "br_mcast_snooping": 0}
            netlink.link(
                "add", ifname=name, kind="bridge", group=bridgeplan.GROUP, state="down", **options
            )
        case AddTrunk(trunk=trunk):
            peer = {"ifname": trunk.spine_end, "group": bridgeplan.GROUP}
            netlink.link(
                "add", ifname=trunk.leaf_end, kind="veth", group=bridgeplan.GROUP, peer=peer
            )
        case Adopt(name=name, master=master):
            _silence(name)
            plug = {} if master is None else {"master": _index(netlink, master)}
            netlink.link("set", index=_index(netlink, name), ifalias=lab.alias, state="up", **plug)
        case _:
            assert_never(change)


def _silence(name: str) -> None:
    for place, value in SETTINGS:
        path = Path("/proc/sys/net") / place.format(name)
        if path.exists():
            path.write_text(value)


def _index(netlink: Any, name: str) -> int:  # noqa: ANN401  untyped SDK
    found: list[int] = netlink.link_lookup(ifname=name)
    if not found:
        raise NetlinkError(errno.ENODEV, name)
    return found[0]


def _delete(netlink: Any, name: str) -> None:  # noqa: ANN401  untyped SDK
    try:
        netlink.link("del", ifname=name)
    except NetlinkError as error:
        if error.code != errno.ENODEV:
            raise


def _links(netlink: Any) -> dict[str, Link]:  # noqa: ANN401  untyped SDK
    messages = tuple(netlink.get_links())
    names = {message["index"]: message.get("ifname") for message in messages}
    return {message.get("ifname"): _link(message, names) for message in messages}


def _link(message: Any, names: dict[int, str]) -> Link:  # noqa: ANN401  untyped SDK
    info = message.get("linkinfo")
    return Link(
        name=message.get("ifname"),
        kind=(info.get("kind") if info else None) or "",
        alias=message.get("ifalias") or "",
        group=message.get("group") or 0,
        master=names.get(message.get("master")),
        up=bool(message["flags"] & IFF_UP),
    )


def _state(lab: Lab, observed: dict[str, Link], *, changed: bool) -> LabState:
    leafs = tuple(
        Leaf(
            name=trunk.leaf,
            ours=bridgeplan.ours(lab, observed[trunk.leaf]),
            trunked=trunk.leaf_end in observed and observed[trunk.leaf_end].master == trunk.leaf,
            ports=tuple(
                sorted(
                    link.name
                    for link in observed.values()
                    if link.master == trunk.leaf and link.name != trunk.leaf_end
                )
            ),
        )
        for trunk in lab.trunks
        if trunk.leaf in observed and _belongs(lab, trunk, observed)
    )
    return LabState(name=lab.name, spine=lab.spine, leafs=leafs, changed=changed)


def _belongs(lab: Lab, trunk: bridgeplan.Trunk, observed: dict[str, Link]) -> bool:
    return bridgeplan.ours(lab, observed[trunk.leaf]) or trunk.leaf_end in observed


@contextmanager
def _netlink(doing: str) -> Iterator[Any]:
    try:
        with IPRoute() as netlink:
            yield netlink
    except NetlinkError as error:
        raise HypervisorError(
            f"Could not {doing}.",
            details=str(error),
            hint="Run it as root." if error.code == errno.EPERM else "",
        ) from error
    except PermissionError as error:
        raise HypervisorError(
            f"Could not {doing}.", details=str(error), hint="Run it as root."
        ) from error
