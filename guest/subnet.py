"""Addresses of a pair's subnet that an observer may try to use for a moment."""

from collections.abc import Iterator
from ipaddress import IPv4Network, IPv6Network
from itertools import islice

from vipprov.guest.pair import Address, Pair
from vipprov.guest.vrrp import Family

AT_MOST = 64

# The highest 128 interface identifiers are reserved for anycast (RFC 2526).
_RESERVED = 128
_SMALL = 2 * _RESERVED


def candidates(pair: Pair, family: Family) -> tuple[Address, ...]:
    """Return the observers that the pair file names, or else free-looking addresses of the subnet.

    These are host addresses, the highest first, without those of the pair.
    """
    if named := tuple(one for one in pair.observers if one.version == family.value):
        return named
    taken = {one.ip for guest in pair.guests for one in guest.addresses}
    taken |= {one.ip for one in pair.vip.addresses} | {*pair.gateways, *pair.dns}
    networks = (one.network for one in pair.guests[0].addresses if one.version == family.value)
    return tuple(
        islice(
            (host for network in networks for host in _downwards(network) if host not in taken),
            AT_MOST,
        )
    )


def _downwards(network: IPv4Network | IPv6Network) -> Iterator[Address]:
    size = network.num_addresses
    if isinstance(network, IPv6Network):
        first, last = 1, size - (_RESERVED if size > _SMALL else 0)
    else:
        ends = 1 if size > 2 else 0  # noqa: PLR2004  two ends without a host, but for RFC 3021
        first, last = ends, size - ends
    return (network[at] for at in range(last - 1, first - 1, -1))
