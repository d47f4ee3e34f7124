"""Place: which EVPN lab a bridge of this machine is of, and what else that lab has."""

from ipaddress import IPv4Interface
from pathlib import Path

from vipprov.guest.errors import MissingError
from vipprov.hv.fabric.evpnspec import ROUTED_GATEWAY, EvpnLab

_ALIAS = "vipprov:evpn:"
_LINKS = Path("/sys/class/net")


def lab(bridge: str) -> EvpnLab | None:
    """Return the lab that made this bridge; None for a bridge of others, or of a lab in ruins."""
    try:
        alias = (_LINKS / bridge / "ifalias").read_text().strip()
    except OSError:
        return None
    if not alias.startswith(_ALIAS):
        return None
    from vipprov.hv.fabric import evpnlook  # noqa: PLC0415  netlink is loaded only where it is used

    try:
        return evpnlook.found(alias.removeprefix(_ALIAS))
    except MissingError:
        return None


def leafs_of_vni(lab: EvpnLab, bridge: str) -> tuple[str, ...]:
    """Return the bridges of all leafs in the VNI of this one."""
    vnis = {port.vni for port in lab.ports if port.bridge == bridge}
    return tuple(port.bridge for port in lab.ports if port.vni in vnis)


def gateway(lab: EvpnLab, bridge: str) -> IPv4Interface | None:
    """Return the gateway of the clients on this bridge, which are in another network."""
    is_routed = lab.routed is not None and lab.routed.bridge == bridge
    return ROUTED_GATEWAY if is_routed else None
