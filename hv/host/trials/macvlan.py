"""Make a private macvlan on a veth in a namespace that ends with this process."""

from pyroute2 import IPRoute
from pyroute2.netlink.exceptions import NetlinkError

from vipprov.hv.host.trials import ending

LOWER, UPPER = "lower", "vrrp.50"


def attempt() -> str:
    """Return a sentence if the kernel made both; OSError that names the one it did not."""
    ending.enter(ending.CLONE_NEWNET)
    with IPRoute() as netlink:
        _made(netlink, "veth", ifname=LOWER, peer={"ifname": "other"})
        (lower,) = netlink.link_lookup(ifname=LOWER)
        _made(netlink, "macvlan", ifname=UPPER, link=lower, macvlan_mode="private")
    return "made one"


def _made(netlink: IPRoute, kind: str, **link: object) -> None:
    try:
        netlink.link("add", kind=kind, **link)
    except NetlinkError as error:
        raise OSError(error.code, f"the kernel makes no {kind}: {error}") from error


if __name__ == "__main__":
    ending.run(attempt)
