"""Which links of the host an EVPN lab made, and which others use them.

The kernel takes an alias only after a link was made, but a link group together with it, so the
group marks what a killed run left.
"""

import re
from collections.abc import Mapping

from vipprov.hv.fabric.bridgeplan import Link
from vipprov.hv.fabric.evpnspec import EvpnLab

GROUP = 0x76697065  # "vipe"


def ours(lab: EvpnLab, link: Link) -> bool:
    """Say whether this link of the host is one that this lab made."""
    named = re.fullmatch(rf"{lab.prefix}(leaf\d[a-z]?|routed)(-up)?", link.name) is not None
    return link.alias == lab.alias or (not link.alias and link.group == GROUP and named)


def lab_of(bridge: str, host: Mapping[str, Link]) -> str | None:
    """Return the name of the EVPN lab that this bridge of the host is plugged into, if any."""
    near = (link for link in host.values() if bridge in {link.name, link.master})
    named = (re.fullmatch(r"vipprov:evpn:([a-z0-9]+)", link.alias) for link in near)
    return next((found[1] for found in named if found), None)


def foreign_ports(lab: EvpnLab, host: Mapping[str, Link]) -> dict[str, tuple[str, ...]]:
    """Return, for each bridge of the lab, the ports that others have plugged in."""
    found = {
        name: tuple(
            sorted(
                link.name for link in host.values() if link.master == name and not ours(lab, link)
            )
        )
        for name in own_bridges(lab, host)
    }
    return {name: ports for name, ports in found.items() if ports}


def own_bridges(lab: EvpnLab, host: Mapping[str, Link]) -> tuple[str, ...]:
    """Return the bridges on the host that the lab made."""
    mine = (link for link in host.values() if link.kind == "bridge" and ours(lab, link))
    return tuple(sorted(link.name for link in mine))


def own_uplinks(lab: EvpnLab, host: Mapping[str, Link]) -> tuple[str, ...]:
    """Return the host's ends of the cables that the lab made."""
    mine = (link for link in host.values() if link.kind != "bridge" and ours(lab, link))
    return tuple(sorted(link.name for link in mine))
