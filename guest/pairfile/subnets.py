"""Rules about addresses: each is used once, and all lie where they can be reached."""

from collections.abc import Iterator
from ipaddress import IPv4Network, IPv6Network, ip_interface

from vipprov.guest.pair import Address, Interface
from vipprov.guest.pairfile.addresses import is_edge
from vipprov.guest.pairfile.draft import Draft, DraftGuest, Found
from vipprov.guest.pairfile.mistake import Complaint, Trail, used_twice, written

# More do not fit into one advert (measured with keepalived 2.2.7): the count is one octet, and a
# packet of 1500 bytes carries 89 IPv6 addresses.
MOST_VIRTUAL = {4: 255, 6: 89}

Placed = tuple[DraftGuest, list[Interface]]
"""A guest, and its addresses of one family."""


def complaints(draft: Draft) -> Iterator[Complaint]:
    """Find what is wrong with the addresses as a whole."""
    yield from used_twice(_all(draft), instead="Write an address of its own")
    yield from _too_many(draft)
    yield from _families(draft)
    yield from _neighbours(draft)
    guests = {family: tuple(_placed(draft.guests, family)) for family in MOST_VIRTUAL}
    for vip in draft.vip.addresses:
        yield from _outside(vip, guests[vip.value.version])
    for one in (*draft.gateways, *draft.observers):
        alone = Found(value=ip_interface(one.value), trail=one.trail)
        yield from _outside(alone, guests[one.value.version])
    yield from _gateways(draft)
    yield from _observers(draft)
    yield from _management(draft)


def _all(draft: Draft) -> Iterator[tuple[Address, Trail]]:
    for vip in draft.vip.addresses:
        yield vip.value.ip, vip.trail
    for guest in draft.guests:
        for address in (*guest.addresses, *guest.management):
            yield address.value.ip, address.trail
    for one in (*draft.gateways, *draft.observers):
        yield one.value, one.trail


def _too_many(draft: Draft) -> Iterator[Complaint]:
    for family, most in MOST_VIRTUAL.items():
        of_family = [vip for vip in draft.vip.addresses if vip.value.version == family]
        if len(of_family) > most:
            yield Complaint(
                trail=of_family[most].trail,
                what=f"{len(of_family)} IPv{family} addresses do not fit into one VRRP advert",
                instead=f"Write at most {most}, and a second pair for the others",
            )


def _families(draft: Draft) -> Iterator[Complaint]:
    families = sorted({vip.value.version for vip in draft.vip.addresses})
    for guest in draft.guests:
        for family in families:
            if guest.whole and not _subnets(guest, family):
                example = "10.50.50.51/24" if family == 4 else "fd00:50::51/64"  # noqa: PLR2004
                yield Complaint(
                    trail=(*guest.trail, "addresses"),
                    what=f"there is an IPv{family} vIP, and this guest has no IPv{family} address",
                    instead=f"Add one, such as {example}",
                )


def _neighbours(draft: Draft) -> Iterator[Complaint]:
    first: dict[int, Found[Interface]] = {}
    for guest in draft.guests:
        for family in MOST_VIRTUAL:
            source = next((a for a in guest.addresses if a.value.version == family), None)
            if source is None or not guest.whole:
                continue
            other = first.setdefault(family, source)
            if source.value.network != other.value.network:
                yield Complaint(
                    trail=source.trail,
                    what=f"{source.value} is not in {other.value.network}, the subnet of "
                    f"{written(other.trail)}",
                    instead=f"Write an address of {other.value.network} first",
                )


def _outside(vip: Found[Interface], guests: tuple[Placed, ...]) -> Iterator[Complaint]:
    """Find the first guest whose subnets the virtual address does not fit into."""
    for guest, subnets in guests:
        for what, instead in _misfit(vip.value, subnets, called=_called(guest)):
            yield Complaint(trail=vip.trail, what=what, instead=instead)
            return


def _placed(guests: tuple[DraftGuest, ...], family: int) -> Iterator[Placed]:
    """Return one guest for each place that guests have in the common subnet and beside it."""
    seen: set[tuple[object, ...]] = set()
    common = None
    for guest in guests:
        subnets = _subnets(guest, family)
        place = tuple(subnet.network for subnet in subnets)
        if not guest.whole or not place or place in seen:
            continue
        seen.add(place)
        common = common or place[0]
        # A guest that is apart from the others was complained about already.
        if place[0] == common:
            yield guest, subnets


def _misfit(vip: Interface, subnets: list[Interface], *, called: str) -> Iterator[tuple[str, str]]:
    around = next((subnet for subnet in subnets if vip.ip in subnet.network), None)
    if around is None:
        what = f"{vip.ip} is in no subnet of {called}"
        yield what, f"Write a free address of {subnets[0].network}"
    elif is_edge(vip.ip, around):
        what = f"{vip.ip} is the first or last address of {around.network}"
        yield what, "Write an address between the two"
    elif vip.network.prefixlen < around.network.prefixlen:
        what = f"{vip} is wider than {around.network}, the subnet of {called}"
        yield what, f"Write {vip.ip}/{around.network.prefixlen}"


def _gateways(draft: Draft) -> Iterator[Complaint]:
    families: set[int] = set()
    for gateway in draft.gateways:
        if gateway.value.version in families:
            yield Complaint(
                trail=gateway.trail,
                what=f"this is the second IPv{gateway.value.version} gateway",
                instead="Keep one of each family",
            )
        families.add(gateway.value.version)


def _observers(draft: Draft) -> Iterator[Complaint]:
    """Find families that nobody asks about, and those with too few: posts share no address."""
    posts = len(draft.port_groups)
    virtual = {vip.value.version for vip in draft.vip.addresses}
    for family in MOST_VIRTUAL:
        ours = [one for one in draft.observers if one.value.version == family]
        if ours and virtual and family not in virtual:
            what = f"there is no IPv{family} vIP to observe"
            yield Complaint(trail=ours[0].trail, what=what, instead="Leave it out")
        elif 0 < len(ours) < posts:
            yield Complaint(
                trail=("verify", "observers"),
                what=f"guests are plugged into {posts} port groups, and there are fewer "
                f"observers with IPv{family}",
                instead=f"Write {posts} free addresses, or none",
            )


def _management(draft: Draft) -> Iterator[Complaint]:
    for guest in draft.guests:
        for address in guest.management:
            if not draft.management:
                yield Complaint(
                    trail=address.trail,
                    what="there is no management NIC that could have this address",
                    instead="Write management: {port_group: mgmt} at the top of the file",
                )
            elif any(_overlap(address.value.network, a.value.network) for a in guest.addresses):
                yield Complaint(
                    trail=address.trail,
                    what=f"{address.value} is in the subnet of the vIP, on another NIC",
                    instead="Write an address of a subnet of its own",
                )


def _overlap(one: IPv4Network | IPv6Network, other: IPv4Network | IPv6Network) -> bool:
    return one.version == other.version and (
        one.network_address in other or other.network_address in one
    )


def _subnets(guest: DraftGuest, family: int) -> list[Interface]:
    return [address.value for address in guest.addresses if address.value.version == family]


def _called(guest: DraftGuest) -> str:
    return guest.name.value if guest.name is not None else written(guest.trail)
