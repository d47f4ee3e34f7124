"""Adverts: whether a guest hears its peers. A unicast advert is seen by the guest it is sent to."""

from dataclasses import dataclass
from ipaddress import ip_address

from vipprov.guest import notify, program
from vipprov.guest.errors import GuestError
from vipprov.guest.pair import Address, Vip
from vipprov.guest.vrrp import VrrpInstance


@dataclass(frozen=True, slots=True, kw_only=True)
class Advert:
    """A VRRP advert as it arrived; `version` is the protocol's own."""

    source: Address
    virtual_router_id: int
    priority: int
    version: int


def patience(vip: Vip, priority: int) -> float:
    """Return the seconds after which a backup takes the master for dead (RFC 9568 §6.1)."""
    interval = vip.advert_interval.total_seconds()
    return (3 + (256 - priority) / 256) * interval


def command(instance: VrrpInstance, *, seconds: float) -> tuple[str, ...]:
    """Return what waits in the guest for an advert from a peer, unless it is MASTER itself."""
    return program.command(
        "adverts",
        str(instance.family.value),
        str(instance.virtual_router_id),
        f"{seconds:.3f}",
        str(notify.ROLES / instance.name),
        *map(str, instance.peers),
    )


def parse(text: str) -> tuple[Advert, ...]:
    """Return the adverts that the command printed, or raise GuestError."""
    *lines, end = text.splitlines() or [""]
    deaf = GuestError("The guest could not listen for adverts.", details=text)
    if end != "end":
        raise deaf
    try:
        return tuple(_advert(*line.split()) for line in lines)
    except (TypeError, ValueError) as error:
        raise deaf from error


def _advert(source: str, router: str, priority: str, version: str) -> Advert:
    return Advert(
        source=ip_address(source),
        virtual_router_id=int(router),
        priority=int(priority),
        version=int(version),
    )
