"""The signs of causes that lie outside of the guests: ports, the fabric, what the segment sees."""

from collections.abc import Iterator

from vipprov.guest.facts import Daemon, Role
from vipprov.guest.judgement import catalogue, causes, clients, hearing, ports, roles
from vipprov.guest.judgement.finding import Fault, listed
from vipprov.guest.judgement.scene import Scene
from vipprov.guest.judgement.sign import Sign
from vipprov.guest.observation import PortObservation, Reach, SegmentObservation
from vipprov.guest.vrrp import Family

Seen = tuple[tuple[SegmentObservation, Reach], ...]


def signs(scene: Scene) -> Iterator[Sign]:
    """Yield the signs of ports, of the fabric, and of each family's traffic."""
    for port in scene.seen.ports:
        yield from _port(scene, port)
    yield from _not_joined(scene)
    yield from _nobody_looked(scene)
    yield from _clients(scene)
    for family in scene.families():
        yield from _adverts(scene, family)
        yield from _sharers(scene, family)
        yield from _strangers(scene, family)
        yield from _traffic(scene, family)


def _port(scene: Scene, port: PortObservation) -> Iterator[Sign]:
    guests = frozenset({port.guest})
    isolated = ports.isolated(scene, port)
    if isolated is not None:
        yield Sign(catalogue.ISOLATED, frozenset(scene.isolated()), isolated)
    elif (closed := ports.closed(scene, port.guest)) is not None:
        is_deaf = ports.unlearned(scene, port) is not None and ports.filtered(scene, port) is None
        yield Sign(catalogue.PORT_DEAF if is_deaf else catalogue.PORT_FILTER, guests, closed)
    elif (changed := ports.changed(scene, port)) is not None:
        yield Sign(catalogue.PORT_CHANGED, guests, changed)


def _not_joined(scene: Scene) -> Iterator[Sign]:
    groups = tuple(one.port_group for one in scene.seen.segments)
    apart = tuple(
        (one.port_group, other.port_group)
        for at, one in enumerate(scene.seen.segments)
        for other in scene.seen.segments[at + 1 :]
        if _reaches(scene, one, one.port_group)
        and _reaches(scene, other, other.port_group)
        and not _reaches(scene, one, other.port_group)
        and not _reaches(scene, other, one.port_group)
    )
    if apart and len(set(groups)) > 1:
        ((one, other), *_) = apart
        fault = Fault(
            f"{one} and {other} are not joined: each reaches the NICs of its own guests alone.",
            f"Look at the uplinks of {one} and {other}, and at what lies between them.",
        )
        yield Sign(catalogue.NOT_JOINED, frozenset(g.name for g in scene.pair.guests), fault)


def _reaches(scene: Scene, segment: SegmentObservation, port_group: str) -> bool:
    """Say whether any NIC of a guest on the port group answers ARP in the segment."""
    found = (
        segment.reach(address.ip)
        for guest in scene.pair.guests
        if guest.port_group == port_group
        for address in guest.addresses
    )
    return any(one is not None and one.resolution.answers for one in found)


def _clients(scene: Scene) -> Iterator[Sign]:
    for client in scene.seen.clients:
        for echo in client.echoes:
            stale = clients.of_belief(scene, client, echo)
            if stale is not None:
                yield Sign(catalogue.CLIENT_STALE, frozenset(), stale)


def _nobody_looked(scene: Scene) -> Iterator[Sign]:
    why = next((one.error for one in scene.seen.segments if one.error), "")
    if why or not scene.seen.segments:
        fault = Fault(
            why or "No vantage point looked at the virtual addresses.",
            "Run where the port group's bridge is, as root.",
        )
        yield Sign(catalogue.NOBODY_LOOKED, frozenset(), fault)


def _adverts(scene: Scene, family: Family) -> Iterator[Sign]:
    claims, owners = scene.claims(family), scene.owners(family)
    masters = tuple(one for one in owners if one.rightful)
    names = frozenset(one.guest.name for one in claims)
    for claim in claims:
        heard = scene.seen.guest(claim.guest.name).heard(claim.instance.name)
        if heard and heard[0].version != hearing.version(scene, family):
            yield Sign(
                catalogue.VRRP_VERSION,
                names,
                hearing.other_version(claim.guest.name, heard[0]),
            )
    deaf = tuple(
        claim
        for claim in claims
        if claim.role is not Role.MASTER
        and claim.daemon is Daemon.RUNNING
        and scene.seen.guest(claim.guest.name).heard(claim.instance.name) == ()
    )
    if len(masters) > 1 or (masters and deaf):
        fault = (
            roles.two_masters(scene, owners) if len(owners) > 1 else hearing.lost(scene, deaf[0])
        )
        yield from _dropped(scene, names)
        yield Sign(catalogue.ADVERTS_LOST, names, fault)


def _dropped(scene: Scene, names: frozenset[str]) -> Iterator[Sign]:
    for guest in scene.pair.guests:
        facts = scene.facts(guest)
        if facts is not None and facts.vrrp_drops:
            fault = Fault(
                f"The firewall in {guest.name} drops VRRP: `{facts.vrrp_drops[0]}`.",
                "Let IP protocol 112 pass there.",
            )
            yield Sign(catalogue.ADVERTS_DROPPED, names, fault)


def _sharers(scene: Scene, family: Family) -> Iterator[Sign]:
    for segment in scene.seen.segments:
        fault = hearing.shared(scene, segment, family)
        if fault is not None:
            yield Sign(catalogue.ROUTER_SHARED, frozenset(), fault)


def _strangers(scene: Scene, family: Family) -> Iterator[Sign]:
    owners = scene.owners(family)
    names = frozenset(one.guest.name for one in owners)
    for _, reach in _sights(scene, family):
        wrong = causes.of_wrong_mac(scene, reach.resolution.macs, family)
        nics = {guest.mac for guest in scene.pair.guests} | {scene.instance(family).mac}
        if wrong is not None and set(reach.resolution.macs) - nics:
            yield Sign(catalogue.STRANGER, frozenset(), wrong)
        elif wrong is not None and not scene.pair.vip.vmac:
            yield Sign(catalogue.WITHOUT_VMAC, names, wrong)
        doubled = causes.of_two_owners(scene, reach, family) if reach.resolution.answers else None
        if len(owners) < 2 and not scene.silent():  # noqa: PLR2004  two owners are no strangers
            if doubled is not None:
                yield Sign(catalogue.STRANGER, frozenset(), doubled)
            elif reach.ping is not None and reach.ping.duplicates:
                yield Sign(catalogue.DUPLICATED, names, causes.OF_DUPLICATES)


def _traffic(scene: Scene, family: Family) -> Iterator[Sign]:
    """Yield what traffic alone tells where one guest owns the vIP."""
    owners = scene.owners(family)
    if len(owners) != 1 or not owners[0].rightful or not scene.pair.vip.vmac:
        return
    (owner,), names = owners, frozenset({owners[0].guest.name})
    seen = _sights(scene, family)
    mute = tuple(one for one in seen if not one[1].resolution.answers)
    deaf = tuple(one for one in seen if _is_deaf(one[1]))
    for some, cause, reachable in (
        (mute, catalogue.FORGED, causes.nic_answers),
        (deaf, catalogue.PROMISCUOUS, causes.nic_replies),
    ):
        around = tuple(segment for segment, _ in some if reachable(owner, segment))
        if not some or len(around) < len(some):
            continue
        if len(some) == len(seen):
            is_forged = cause is catalogue.FORGED
            why = causes.of_forged(scene, owner) if is_forged else causes.of_promiscuous(scene)
            yield Sign(cause, names, why)
        else:
            groups = listed(tuple(segment.port_group for segment in around))
            fault = Fault(
                f"From {groups} the NIC of {owner.guest.name} is reached and the vIP is not, which"
                " other port groups reach.",
                "Look where the fabric has the virtual MAC: type-2 routes, duplicates, stale ARP.",
            )
            yield Sign(catalogue.FABRIC_PATH, names, fault)


def _sights(scene: Scene, family: Family) -> Seen:
    return tuple(
        (segment, reach)
        for segment in scene.seen.segments
        for address in scene.pair.vip.addresses
        if address.version == family.value and (reach := segment.reach(address.ip)) is not None
    )


def _is_deaf(reach: Reach) -> bool:
    return reach.ping is not None and reach.ping.received == 0
