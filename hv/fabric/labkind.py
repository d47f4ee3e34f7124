"""Which kind of lab a name stands for on this machine."""

from collections.abc import Mapping
from enum import Enum

from vipprov.guest.errors import HeldError
from vipprov.hv.fabric import bridgeplan, evpnown, links, vtep
from vipprov.hv.fabric.bridgeplan import Lab, Link
from vipprov.hv.fabric.evpnspec import EvpnLab


class Kind(Enum):
    """What joins the leafs."""

    BRIDGE = "bridge"
    EVPN = "evpn"


def of(name: str) -> Kind | None:
    """Return the kind of the lab of this name, whole or in part; None where nothing of it is."""
    with links.netlink("look for a lab") as netlink:
        host = links.observed(netlink)
    return judge(name, host, namespaces=vtep.names(EvpnLab(name=name)))


def demand(name: str, kind: Kind) -> None:
    """Raise HeldError where a lab of another kind has this name."""
    there = of(name)
    if there not in (None, kind):
        raise HeldError(
            f"There is a lab {name!r} already, and it is of another kind than {kind.value}.",
            hint=f"vipprov lab down --name {name}, or another --name.",
        )


def judge(name: str, host: Mapping[str, Link], *, namespaces: tuple[str, ...]) -> Kind | None:
    """Decide by the links of the host and the namespaces of the lab."""
    evpn = EvpnLab(name=name)
    if namespaces or any(evpnown.ours(evpn, link) for link in host.values()):
        return Kind.EVPN
    bridge = Lab(name=name, leafs=1)
    return Kind.BRIDGE if any(bridgeplan.ours(bridge, one) for one in host.values()) else None
