"""What is seen of a pair that one thing is wrong with, by the cause that should be named."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import timedelta
from ipaddress import ip_address
from typing import Any

from factories import make_pair, make_vip
from observations import (
    OTHER_MAC,
    healthy,
    healthy_fabric,
    reach,
    with_facts,
    with_leaf,
    with_port,
    with_vip,
)
from vipprov.guest.adverts import Advert
from vipprov.guest.fabric import Binding, Place
from vipprov.guest.facts import Assigned, Configured, Daemon, Facts, Link, Role, RoleFile
from vipprov.guest.judgement import catalogue, fabriccauses
from vipprov.guest.judgement.cause import Cause
from vipprov.guest.observation import (
    Belief,
    ClientObservation,
    EchoResult,
    GuestObservation,
    Observations,
    PortObservation,
    PortPolicy,
    Reach,
)
from vipprov.guest.pair import Pair

PAIR = make_pair()
WITHOUT_VMAC = make_pair(vip=make_vip(vmac=False))
OWNER, BACKUP = (guest.name for guest in PAIR.guests)
VIP = PAIR.vip.addresses[0]
VMAC, LINK = "00:00:5e:00:01:32", "vrrp.50"
NEAR, FAR = "blue-leaf1", "blue-leaf2"
OPEN = PortPolicy(learning=True, flood=True, isolated=False)

Change = Callable[[Facts], Facts]


@dataclass(frozen=True, slots=True)
class Injury:
    """One thing that is wrong, as it is seen, and the cause that explains it."""

    name: str
    cause: Cause
    seen: Observations
    pair: Pair = PAIR


def unanswered(seen: Reach) -> Reach:
    return reach(seen.resolution.address)


def unpinged(seen: Reach) -> Reach:
    assert seen.ping is not None
    return replace(seen, ping=replace(seen.ping, received=0, source_macs=()))


def doubly_answered(seen: Reach) -> Reach:
    return reach(seen.resolution.address, VMAC, VMAC)


def daemon(state: Daemon) -> Change:
    return lambda facts: replace(facts, daemon=state)


def role(told: Role) -> Change:
    return lambda facts: replace(facts, roles=(RoleFile(instance="web", role=told, since=""),))


def holding(*links: str) -> Change:
    found = tuple(Assigned(link=link, address=VIP) for link in links)
    return lambda facts: replace(facts, addresses=found)


def setting(**values: str) -> Change:
    wanted = {f"net/ipv4/conf/{key.replace('__', '/')}": value for key, value in values.items()}

    def change(facts: Facts) -> Facts:
        kept = tuple(one for one in facts.sysctls if one[0] not in wanted)
        return replace(facts, sysctls=(*kept, *wanted.items()))

    return change


def link(name: str, change: Callable[[Link], Link | None]) -> Change:
    def changed(facts: Facts) -> Facts:
        found = (change(one) if one.name == name else one for one in facts.links)
        return replace(facts, links=tuple(one for one in found if one is not None))

    return changed


def configured(change: Callable[[Configured], Configured]) -> Change:
    return lambda facts: replace(facts, configured=tuple(map(change, facts.configured or ())))


def all_of(*changes: Change) -> Change:
    def change(facts: Facts) -> Facts:
        for one in changes:
            facts = one(facts)
        return facts

    return change


def owner(*changes: Change) -> Observations:
    return with_facts(healthy(PAIR), OWNER, all_of(*changes))


def backup(*changes: Change) -> Observations:
    return with_facts(healthy(PAIR), BACKUP, all_of(*changes))


def taken_over(*changes: Change) -> Observations:
    """Return what is seen after the backup became MASTER, while this was done to the old owner."""
    seen = with_facts(healthy(PAIR), BACKUP, all_of(role(Role.MASTER), holding(LINK)))
    heard = (replace(seen.guests[1], adverts=(), echoes=seen.guests[0].echoes),)
    return with_facts(replace(seen, guests=(seen.guests[0], *heard)), OWNER, all_of(*changes))


def two_masters(*changes: Change) -> Observations:
    return with_vip(taken_over(*changes), doubly_answered)


def deaf(seen: Observations) -> Observations:
    return replace(seen, guests=(seen.guests[0], replace(seen.guests[1], adverts=(("web", ()),))))


def both_ports(seen: Observations, policy: PortPolicy) -> Observations:
    return with_port(with_port(seen, OWNER, policy), BACKUP, policy)


def port(change: Callable[[PortObservation], PortObservation]) -> Observations:
    seen = healthy(PAIR)
    return replace(seen, ports=(change(seen.ports[0]), *seen.ports[1:]))


def apart(seen: Observations) -> Observations:
    """Return what is seen when each port group reaches its own guest alone."""
    segments = tuple(
        replace(
            one,
            guests=tuple(
                reached if guest.port_group == one.port_group else unanswered(reached)
                for guest, reached in zip(PAIR.guests, one.guests, strict=True)
            ),
        )
        for one in seen.segments
    )
    return replace(seen, segments=segments)


def from_one_only(change: Callable[[Reach], Reach]) -> Observations:
    seen = healthy(PAIR)
    far = replace(seen.segments[1], vips=tuple(map(change, seen.segments[1].vips)))
    return replace(seen, segments=(seen.segments[0], far))


def blind() -> Observations:
    seen = healthy(PAIR)
    return replace(
        seen,
        segments=tuple(
            replace(one, vips=(), guests=(), error="No bridge.") for one in seen.segments
        ),
    )


def silent_guest() -> Observations:
    seen = healthy(PAIR)
    return replace(seen, guests=(seen.guests[0], GuestObservation(guest=BACKUP, error="Off.")))


def doubled(seen: Reach) -> Reach:
    assert seen.ping is not None
    return replace(seen, ping=replace(seen.ping, duplicates=5))


def other_version() -> Observations:
    seen = healthy(PAIR)
    ((name, (heard,)),) = seen.guests[1].adverts
    other = replace(seen.guests[1], adverts=((name, (replace(heard, version=3),)),))
    return replace(seen, guests=(seen.guests[0], other))


def on_fabric(seen: Observations, pair: Pair = PAIR) -> Observations:
    return replace(seen, fabric=healthy_fabric(pair))


def leaf(name: str, **changes: Any) -> Observations:  # noqa: ANN401  any field, of its own type
    """Return what is seen of a healthy pair on a fabric one leaf of which is otherwise."""
    return with_leaf(on_fabric(healthy(PAIR)), name, lambda one: replace(one, **changes))


def both_leafs(seen: Observations, **changes: Any) -> Observations:  # noqa: ANN401  any field
    for name in (NEAR, FAR):
        seen = with_leaf(seen, name, lambda one: replace(one, **changes))
    return seen


def split(seen: Observations) -> Observations:
    """Return what is seen when the leafs of the pair have lost one another."""
    for one, other in ((NEAR, FAR), (FAR, NEAR)):
        lost = {"lost": frozenset({other}), "unflooded": frozenset({other})}
        seen = with_leaf(seen, one, lambda leaf, lost=lost: replace(leaf, **lost))  # type: ignore[misc]
    return seen


def kept_for(refresh: int) -> Pair:
    return make_pair(vip=make_vip(garp_refresh=timedelta(seconds=refresh)))


def frozen_fabric() -> Observations:
    seen = from_one_only(unpinged)
    frozen = replace(healthy_fabric(PAIR), freezes=True)
    stuck = (Place(mac=VMAC, behind="blue-leaf9", duplicate=True),)
    return with_leaf(replace(seen, fabric=frozen), FAR, lambda one: replace(one, places=stuck))


def client(mac: str, *, received: int, seen: Observations) -> Observations:
    """Return what is seen with a client that has the vIP with this MAC."""
    told = ClientObservation(
        client="desk",
        beliefs=(Belief(address=VIP.ip, mac=mac),),
        echoes=(EchoResult(target=VIP.ip, sent=3, received=received),),
    )
    return replace(seen, clients=(told,))


def overhearing(seen: Observations, *sources: str) -> Observations:
    """Return what is seen while these machines advertise the router id of the pair to all."""
    adverts = tuple(
        Advert(source=ip_address(one), virtual_router_id=50, priority=100, version=2)
        for one in sources
    )
    segments = tuple(replace(one, adverts=adverts) for one in seen.segments)
    return replace(seen, segments=segments)


GONE = all_of(link(LINK, lambda _: None), holding(), lambda facts: replace(facts, nft_tables=()))
ISOLATED = replace(OPEN, isolated=True)
DROPS = ("meta l4proto 112 drop",)

INJURIES = (
    Injury("guest cannot be asked", catalogue.GUEST_SILENT, silent_guest()),
    Injury(
        "old kernel",
        catalogue.SOFTWARE_OLD,
        backup(lambda facts: replace(facts, kernel="3.1.0")),
    ),
    Injury(
        "keepalived stopped in the backup",
        catalogue.KEEPALIVED_STOPPED,
        backup(daemon(Daemon.ABSENT), role(Role.STOP), GONE),
    ),
    Injury(
        "keepalived stopped in the owner",
        catalogue.KEEPALIVED_STOPPED,
        taken_over(daemon(Daemon.ABSENT), role(Role.STOP), GONE),
    ),
    Injury(
        "keepalived stopped everywhere",
        catalogue.KEEPALIVED_STOPPED,
        with_vip(
            with_facts(
                owner(daemon(Daemon.ABSENT), role(Role.STOP), GONE),
                BACKUP,
                all_of(role(Role.BACKUP)),
            ),
            unanswered,
        ),
    ),
    Injury("keepalived killed", catalogue.KEEPALIVED_KILLED, two_masters(daemon(Daemon.ABSENT))),
    Injury("keepalived frozen", catalogue.KEEPALIVED_FROZEN, two_masters(daemon(Daemon.FROZEN))),
    Injury(
        "interface renamed",
        catalogue.INTERFACE_MISSING,
        backup(
            link("eth0", lambda one: replace(one, name="lan0")),
            link(LINK, lambda one: replace(one, parent="lan0")),
        ),
    ),
    Injury(
        "interface down",
        catalogue.INTERFACE_MISSING,
        backup(link("eth0", lambda one: replace(one, up=False)), role(Role.FAULT)),
    ),
    Injury(
        "wrong router id on one",
        catalogue.ROUTER_ID,
        with_vip(
            two_masters(
                configured(lambda one: replace(one, virtual_router_id=99)),
                link(LINK, lambda one: replace(one, mac="00:00:5e:00:01:63")),
            ),
            lambda one: reach(one.resolution.address, VMAC, VMAC),
        ),
    ),
    Injury(
        "router id healed in the file alone",
        catalogue.ROUTER_ID,
        backup(link(LINK, lambda one: replace(one, mac="00:00:5e:00:01:63"))),
    ),
    Injury(
        "wrong peer address",
        catalogue.PEERS,
        two_masters(configured(lambda one: replace(one, peers=(ip_address("10.50.50.77"),)))),
    ),
    Injury(
        "mask that differs",
        catalogue.ADDRESSES,
        backup(configured(lambda one: replace(one, addresses=()))),
    ),
    Injury(
        "macvlan missing in the backup",
        catalogue.MACVLAN_MISSING,
        backup(link(LINK, lambda _: None), role(Role.FAULT)),
    ),
    Injury(
        "macvlan in another mode",
        catalogue.MACVLAN_WRONG,
        backup(link(LINK, lambda one: replace(one, mode="bridge"))),
    ),
    Injury(
        "macvlan with a MAC of its own",
        catalogue.MACVLAN_WRONG,
        backup(link(LINK, lambda one: replace(one, mac=OTHER_MAC))),
    ),
    Injury(
        "vIP on the backup by hand",
        catalogue.BY_HAND,
        with_vip(backup(holding(LINK)), doubly_answered),
    ),
    Injury("vIP on the owner's NIC too", catalogue.BY_HAND, owner(holding(LINK, "eth0"))),
    Injury(
        "vIP taken off the owner",
        catalogue.ADDRESS_REMOVED,
        with_vip(owner(holding()), unanswered),
    ),
    Injury("keepalived in FAULT", catalogue.KEEPALIVED_FAULT, backup(role(Role.FAULT))),
    Injury("adverts of another version", catalogue.VRRP_VERSION, other_version()),
    Injury(
        "MTU too small", catalogue.MTU, backup(link("eth0", lambda one: replace(one, mtu=1280)))
    ),
    Injury(
        "late rp_filter on the virtual interface",
        catalogue.RP_FILTER,
        with_vip(owner(setting(**{f"{LINK}__rp_filter": "1"})), unpinged),
    ),
    Injury(
        "late rp_filter on all",
        catalogue.RP_FILTER,
        with_vip(owner(setting(all__rp_filter="1")), unpinged),
    ),
    Injury("arp_announce off", catalogue.SYSCTL, owner(setting(all__arp_announce="0"))),
    Injury("both isolated", catalogue.ISOLATED, both_ports(two_masters(), ISOLATED)),
    Injury(
        "clean-traffic on the owner's port",
        catalogue.PORT_FILTER,
        with_vip(with_port(healthy(PAIR), OWNER, PortPolicy(filter="clean-traffic")), unanswered),
    ),
    Injury(
        "a filter of somebody's own",
        catalogue.PORT_FILTER,
        with_vip(port(lambda one: replace(one, obstacles=("It drops MACs.",))), unanswered),
    ),
    Injury(
        "learning and flood off",
        catalogue.PORT_DEAF,
        with_vip(
            with_port(healthy(PAIR), OWNER, replace(OPEN, learning=False, flood=False)), unpinged
        ),
    ),
    Injury(
        "learning and flood off behind a filter that lets the virtual MAC out",
        catalogue.PORT_DEAF,
        with_vip(
            port(
                lambda one: replace(
                    one,
                    in_force=PortPolicy(
                        filter="vipprov-web-1", learning=False, flood=False, isolated=False
                    ),
                    obstacles=("The bridge port neither learns MACs nor is flooded.",),
                )
            ),
            unpinged,
        ),
    ),
    Injury(
        "a port that somebody changed",
        catalogue.PORT_CHANGED,
        port(lambda one: replace(one, recorded=PortPolicy(learning=False))),
    ),
    Injury("leaf uplink down", catalogue.NOT_JOINED, apart(taken_over())),
    Injury(
        "guest firewall drops VRRP",
        catalogue.ADVERTS_DROPPED,
        two_masters(lambda facts: replace(facts, vrrp_drops=DROPS)),
    ),
    Injury("forged transmits closed", catalogue.FORGED, with_vip(healthy(PAIR), unanswered)),
    Injury("promiscuous closed", catalogue.PROMISCUOUS, with_vip(healthy(PAIR), unpinged)),
    Injury("leaf cut off", fabriccauses.LEAF_CUT, leaf(FAR, down=("underlay",))),
    Injury(
        "leaf cut off, and the sessions with it",
        fabriccauses.LEAF_CUT,
        with_leaf(
            split(on_fabric(apart(taken_over()))),
            FAR,
            lambda one: replace(one, down=("underlay",)),
        ),
    ),
    Injury("no BGP session", fabriccauses.SESSION, split(on_fabric(apart(taken_over())))),
    Injury(
        "leaf that cannot be asked",
        fabriccauses.LEAF_SILENT,
        leaf(FAR, error="vtysh failed.", places=(), bindings=()),
    ),
    Injury(
        "no type-3 route",
        fabriccauses.FLOOD,
        leaf(FAR, unflooded=frozenset({NEAR})),
    ),
    Injury("duplicate that is frozen", fabriccauses.FROZEN_DUPLICATE, frozen_fabric()),
    Injury(
        "stale entry behind another leaf",
        fabriccauses.STALE_NEIGHBOUR,
        leaf("blue-leaf9", bindings=(Binding(address=VIP.ip, mac=OTHER_MAC),)),
    ),
    Injury(
        "stale entry after a fail-over without a virtual MAC",
        fabriccauses.STALE_NEIGHBOUR,
        with_leaf(
            on_fabric(healthy(WITHOUT_VMAC), WITHOUT_VMAC),
            "blue-leaf9",
            lambda one: replace(one, bindings=(Binding(address=VIP.ip, mac=PAIR.guests[1].mac),)),
        ),
        WITHOUT_VMAC,
    ),
    Injury(
        "virtual MAC that nobody refreshes",
        fabriccauses.AGED_OUT,
        both_leafs(on_fabric(healthy(kept_for(0))), places=(), bindings=()),
        kept_for(0),
    ),
    Injury(
        "virtual MAC that is refreshed too late",
        fabriccauses.AGED_OUT,
        both_leafs(on_fabric(healthy(kept_for(600))), places=(), bindings=()),
        kept_for(600),
    ),
    Injury(
        "leaf that does not learn",
        fabriccauses.UNLEARNT,
        both_leafs(on_fabric(healthy(PAIR)), places=(), bindings=()),
    ),
    Injury(
        "no type-2 route",
        fabriccauses.ROUTE,
        leaf(FAR, places=(), bindings=(), routed=frozenset()),
    ),
    Injury(
        "virtual MAC elsewhere",
        fabriccauses.MISPLACED,
        leaf(FAR, places=(Place(mac=VMAC, behind="blue-leaf9"),)),
    ),
    Injury("underlay too small", fabriccauses.FABRIC_MTU, leaf(NEAR, room=1450)),
    Injury(
        "forged transmits closed on a fabric",
        catalogue.FORGED,
        both_leafs(with_vip(on_fabric(healthy(PAIR)), unanswered), places=(), bindings=()),
    ),
    Injury("silent from one port group", catalogue.FABRIC_PATH, from_one_only(unanswered)),
    Injury("unpinged from one port group", catalogue.FABRIC_PATH, from_one_only(unpinged)),
    Injury("no virtual MAC", catalogue.WITHOUT_VMAC, healthy(WITHOUT_VMAC), WITHOUT_VMAC),
    Injury(
        "another machine has the vIP",
        catalogue.STRANGER,
        with_vip(healthy(PAIR), lambda one: reach(one.resolution.address, VMAC, OTHER_MAC)),
    ),
    Injury(
        "another pair has the router id",
        catalogue.STRANGER,
        with_vip(healthy(PAIR), doubly_answered),
    ),
    Injury(
        "another pair advertises the router id",
        catalogue.ROUTER_SHARED,
        overhearing(with_vip(healthy(PAIR), unpinged), "10.50.50.90"),
    ),
    Injury(
        "another pair advertises the router id, and the fabric follows it",
        catalogue.ROUTER_SHARED,
        overhearing(leaf(FAR, places=(Place(mac=VMAC, behind="blue-leaf9"),)), "10.50.50.90"),
    ),
    Injury(
        "a promiscuous port doubles traffic", catalogue.DUPLICATED, with_vip(healthy(PAIR), doubled)
    ),
    Injury(
        "client with a stale entry",
        catalogue.CLIENT_STALE,
        client(OTHER_MAC, received=0, seen=on_fabric(healthy(PAIR))),
    ),
    Injury(
        "client behind a leaf with a stale entry",
        fabriccauses.STALE_NEIGHBOUR,
        client(
            OTHER_MAC,
            received=0,
            seen=leaf(FAR, bindings=(Binding(address=VIP.ip, mac=OTHER_MAC),)),
        ),
    ),
    Injury(
        "client that is not answered through a closed port",
        catalogue.PROMISCUOUS,
        client(VMAC, received=0, seen=with_vip(healthy(PAIR), unpinged)),
    ),
    Injury("nobody could look", catalogue.NOBODY_LOOKED, blind()),
    Injury("two owners and no reason", catalogue.ADVERTS_LOST, two_masters()),
    Injury("a backup that hears nothing", catalogue.ADVERTS_LOST, deaf(healthy(PAIR))),
    Injury(
        "neither vIP nor NIC replies to pings",
        catalogue.UNEXPLAINED,
        replace(
            with_vip(healthy(PAIR), unpinged),
            segments=tuple(
                replace(one, guests=tuple(map(unpinged, one.guests)))
                for one in with_vip(healthy(PAIR), unpinged).segments
            ),
        ),
    ),
)
