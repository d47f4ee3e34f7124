"""Adverts: whether a guest hears its peers. A unicast advert is seen by the guest it is sent to."""

from collections.abc import Iterable
from dataclasses import dataclass
from ipaddress import ip_address
from pathlib import PurePosixPath

from vipprov.guest import notify, program
from vipprov.guest.errors import GuestError
from vipprov.guest.pair import Address, Pair, Vip
from vipprov.guest.vrrp import VrrpInstance


@dataclass(frozen=True, slots=True, kw_only=True)
class Advert:
    """A VRRP advert as it arrived; `version` is the protocol's own."""

    source: Address
    virtual_router_id: int
    priority: int
    version: int


Heard = tuple[tuple[str, Advert], ...]
"""Adverts, each with the name of the instance that it is of."""


def patience(vip: Vip, priority: int) -> float:
    """Return the seconds after which a backup takes the master for dead (RFC 9568 §6.1)."""
    interval = vip.advert_interval.total_seconds()
    return (3 + (256 - priority) / 256) * interval


def longest_patience(pair: Pair) -> float:
    """Return the seconds after which a guest of the pair that hears no advert will hear none."""
    return max(patience(pair.vip, guest.priority) for guest in pair.guests)


def words(listened: Iterable[VrrpInstance], *, seconds: float) -> tuple[str, ...]:
    """Return the words of a program that waits in the guest for one advert from a peer of each.

    It waits for none of an instance that the guest is MASTER of by then.
    """
    return program.words("adverts", f"{seconds:.3f}", *map(_wanted, listened))


def parse(text: str) -> Heard:
    """Return the adverts that the program printed, by instance, or raise GuestError."""
    deaf = GuestError("The guest could not listen for adverts.", details=text)
    try:
        begun, *lines, end = text.splitlines()
        if (begun, end) != ("begun", "end"):
            raise deaf
        return tuple(_advert(*line.split()) for line in lines)
    except (TypeError, ValueError) as error:
        raise deaf from error


def _wanted(instance: VrrpInstance) -> str:
    role = notify.ROLES / instance.name
    version, router = instance.family.value, instance.virtual_router_id
    return ",".join(map(str, (version, router, role, *instance.peers)))


def _advert(role: str, source: str, router: str, priority: str, version: str) -> tuple[str, Advert]:
    advert = Advert(
        source=ip_address(source),
        virtual_router_id=int(router),
        priority=int(priority),
        version=int(version),
    )
    return PurePosixPath(role).name, advert
