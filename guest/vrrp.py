"""VRRP instances: one per address family, each with its own virtual MAC."""

from dataclasses import dataclass
from enum import Enum

from vipprov.guest.pair import Address, Guest, Interface, Pair


class Family(Enum):
    """An address family; its value is the IP version."""

    IPV4 = 4
    IPV6 = 6

    @property
    def mac_prefix(self) -> str:
        """The first five octets of a virtual router's MAC (RFC 9568 §7.3)."""
        return "00:00:5e:00:01" if self is Family.IPV4 else "00:00:5e:00:02"

    @property
    def link_prefix(self) -> str:
        """The name that keepalived by default gives a vMAC interface, up to the dot."""
        return "vrrp" if self is Family.IPV4 else "vrrp6"


@dataclass(frozen=True, slots=True, kw_only=True)
class VrrpInstance:
    """What one guest must tell keepalived about the virtual addresses of one family."""

    name: str
    family: Family
    interface: str
    vmac_interface: str | None
    virtual_router_id: int
    priority: int
    addresses: tuple[Interface, ...]
    source: Address
    peers: tuple[Address, ...]

    @property
    def mac(self) -> str:
        """The virtual MAC that all members share."""
        return virtual_mac(self.family, self.virtual_router_id)

    @property
    def device(self) -> str:
        """The interface that carries the virtual addresses."""
        return self.vmac_interface or self.interface


def virtual_mac(family: Family, virtual_router_id: int) -> str:
    """Return the virtual router MAC address of RFC 9568 §7.3, in lower case."""
    return f"{family.mac_prefix}:{virtual_router_id:02x}"


def instances(pair: Pair, guest: Guest) -> tuple[VrrpInstance, ...]:
    """Return this guest's instances, IPv4 first."""
    return tuple(
        _instance(pair, guest, family) for family in Family if _of(family, pair.vip.addresses)
    )


def virtual_macs(pair: Pair) -> tuple[str, ...]:
    """Return the virtual MACs of the pair, IPv4 first; none where it has no vMAC."""
    if not pair.vip.vmac:
        return ()
    return tuple(instance.mac for instance in instances(pair, pair.guests[0]))


def _instance(pair: Pair, guest: Guest, family: Family) -> VrrpInstance:
    link = f"{family.link_prefix}.{pair.vip.virtual_router_id}"
    (source, *_) = _of(family, guest.addresses)
    return VrrpInstance(
        name=pair.name if family is Family.IPV4 else f"{pair.name}-v6",
        family=family,
        interface=pair.interface,
        vmac_interface=link if pair.vip.vmac else None,
        virtual_router_id=pair.vip.virtual_router_id,
        priority=guest.priority,
        addresses=_of(family, pair.vip.addresses),
        source=source.ip,
        peers=tuple(_of(family, peer.addresses)[0].ip for peer in pair.guests if peer is not guest),
    )


def _of(family: Family, addresses: tuple[Interface, ...]) -> tuple[Interface, ...]:
    return tuple(address for address in addresses if address.version == family.value)
