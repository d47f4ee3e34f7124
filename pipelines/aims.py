"""Aims: whom a vantage point probes, from which address of its own, and by whose MAC."""

from dataclasses import dataclass
from ipaddress import IPv4Interface
from itertools import islice

from vipprov.guest.deadline import Deadline
from vipprov.guest.errors import HypervisorError
from vipprov.guest.pair import Address, Pair
from vipprov.guest.vrrp import Family
from vipprov.hv.frames import Host
from vipprov.hv.vantage import Vantage, Vantages
from vipprov.pipelines import addressed, bridges, outposts, segment
from vipprov.pipelines.ports import ShowsPorts
from vipprov.pipelines.segment import Post

ASK_SECONDS = 2.0
FREE_SECONDS = 3.0
_CANDIDATES = 64


@dataclass(frozen=True, slots=True, kw_only=True)
class Aim:
    """A virtual address that is probed from an address of ours on a port group.

    `mac` is whose frames go to: the owner's, or that of the gateway between us and the owner.
    """

    port_group: str
    vip: Address
    source: Address
    mac: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """What is probed from a port group, and the hosts there that have to know where we are."""

    port_group: str
    aims: tuple[Aim, ...]
    told: tuple[Host, ...]


def found(
    pair: Pair,
    port_groups: ShowsPorts,
    vantages: Vantages,
    besides: tuple[str, ...],
    *,
    by: Deadline,
) -> tuple[Target, ...]:
    """Find on every port group a free address, and who answers for the virtual ones."""
    gateways = {name: outposts.gateway(bridges.of(pair, port_groups, name)) for name in besides}
    within = tuple(name for name, gateway in gateways.items() if gateway is None)
    told = segment.guests(pair)
    with segment.posts(pair, vantages, by=by, besides=within) as posts:
        near = tuple(
            # The heir, too, may know the address of ours by the MAC of an earlier observer.
            Target(port_group=post.port_group, aims=_aims_of(pair, post, by=by), told=told)
            for post in posts
        )
    far = []
    for name, gateway in gateways.items():
        if gateway is not None:
            with vantages(name) as vantage:
                far.append(routed(pair, name, gateway, vantage, by=by))
    return (*near, *far)


def _aims_of(pair: Pair, post: Post, *, by: Deadline) -> tuple[Aim, ...]:
    if post.vantage is None:
        raise HypervisorError(f"Nothing can be seen from {post.port_group}.", details=post.error)
    aims = []
    for family in Family:
        vip = next((one.ip for one in pair.vip.addresses if one.version == family.value), None)
        source = next((one for one in post.own if one.version == family.value), None)
        if vip is None:
            continue
        if source is None:
            raise HypervisorError(f"{post.port_group}: {segment.NO_SOURCE}")
        answered = post.vantage.ask(vip, by=by.within(ASK_SECONDS)).macs
        if not answered:
            raise HypervisorError(
                f"Nobody answers for {vip} on {post.port_group}.",
                hint=f"`vipprov verify {addressed.named(pair)}` tells why.",
            )
        aims.append(Aim(port_group=post.port_group, vip=vip, source=source, mac=answered[0]))
    return tuple(aims)


def routed(
    pair: Pair, name: str, gateway: IPv4Interface, vantage: Vantage, *, by: Deadline
) -> Target:
    """Probe as a client in another network does, whose frames go to its gateway."""
    hosts = (one for one in reversed(tuple(gateway.network.hosts())) if one != gateway.ip)
    source = vantage.free(tuple(islice(hosts, _CANDIDATES)), by=by.within(FREE_SECONDS))
    answered = vantage.ask(gateway.ip, by=by.within(ASK_SECONDS)).macs
    if source is None or not answered:
        raise HypervisorError(f"No address of {gateway.network} can be used on {name}.")
    (mac, *_) = answered
    return Target(
        port_group=name,
        aims=tuple(
            Aim(port_group=name, vip=one.ip, source=source, mac=mac)
            for one in pair.vip.addresses
            if one.version == source.version
        )[:1],
        told=(Host(mac=mac, address=gateway.ip),),
    )
