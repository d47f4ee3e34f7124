"""What is seen of a healthy pair, any part of it replaceable."""

import json
from collections.abc import Callable
from dataclasses import replace
from ipaddress import ip_address

from vipprov.guest.adverts import Advert
from vipprov.guest.fabric import Binding, FabricSight, LeafSight, Place
from vipprov.guest.facts import Assigned, Configured, Daemon, Facts, Link, Role, RoleFile, Udev
from vipprov.guest.judgement import kernel
from vipprov.guest.observation import (
    Answer,
    EchoResult,
    GuestObservation,
    Observations,
    PingResult,
    PortObservation,
    PortPolicy,
    Reach,
    Resolution,
    SegmentObservation,
)
from vipprov.guest.pair import Address, Guest, Pair
from vipprov.guest.vrrp import Family, VrrpInstance, instances

OBSERVERS = {
    Family.IPV4: ip_address("10.50.50.254"),
    Family.IPV6: ip_address("2001:db8:50::fffe"),
}
OTHER_MAC = "02:00:00:00:00:99"


def healthy(pair: Pair) -> Observations:
    """Return what is seen when the first guest is MASTER and all is well."""
    return Observations(
        guests=tuple(healthy_guest(pair, guest) for guest in pair.guests),
        segments=tuple(healthy_segment(pair, guest.port_group) for guest in pair.guests),
        ports=tuple(
            PortObservation(
                guest=guest.name,
                port_group=guest.port_group,
                configured=PortPolicy(),
                in_force=PortPolicy(learning=True, flood=True, isolated=False),
            )
            for guest in pair.guests
        ),
    )


def healthy_guest(pair: Pair, guest: Guest) -> GuestObservation:
    is_master = guest is pair.guests[0]
    return GuestObservation(
        guest=guest.name,
        facts=healthy_facts(pair, guest),
        adverts=() if is_master else tuple((one.name, (advert(one, pair),)) for one in _all(pair)),
        echoes=tuple(
            EchoResult(target=OBSERVERS[one.family], sent=3, received=3)
            for one in _all(pair)
            if is_master
        ),
    )


def healthy_facts(pair: Pair, guest: Guest) -> Facts:
    is_master = guest is pair.guests[0]
    mine = instances(pair, guest)
    nic = Link(
        name=pair.interface,
        kind="",
        mode=None,
        parent=None,
        mac=guest.mac,
        up=True,
        promiscuity=1,
        mtu=1500,
    )
    virtual = tuple(
        replace(nic, name=one.device, kind="macvlan", mode="private", parent="eth0", mac=one.mac)
        for one in mine
        if one.vmac_interface is not None
    )
    return Facts(
        kernel="6.1.0-18-amd64",
        keepalived="2.2.7",
        os_id="debian",
        os_like=(),
        os_version="12",
        daemon=Daemon.RUNNING,
        links=(nic, *virtual),
        addresses=tuple(
            Assigned(link=one.device, address=address)
            for one in mine
            for address in one.addresses
            if is_master
        ),
        roles=tuple(
            RoleFile(
                instance=one.name,
                role=Role.MASTER if is_master else Role.BACKUP,
                since="2024-05-01T12:00:00Z",
            )
            for one in mine
        ),
        sysctls=kernel.desired(pair, guest),
        nft_tables=("ip keepalived",),
        vrrp_drops=(),
        configured=tuple(
            Configured(
                instance=one.name,
                virtual_router_id=one.virtual_router_id,
                addresses=one.addresses,
                peers=one.peers,
            )
            for one in mine
        ),
        udev=Udev.SETTLED,
    )


def healthy_segment(pair: Pair, port_group: str) -> SegmentObservation:
    owner = pair.guests[0]
    return SegmentObservation(
        port_group=port_group,
        vips=tuple(
            reach(one.ip, mac if pair.vip.vmac else owner.mac)
            for one in pair.vip.addresses
            for mac in (next(i.mac for i in _all(pair) if i.family is Family(one.version)),)
        ),
        guests=tuple(reach(one.ip, guest.mac) for guest in pair.guests for one in guest.addresses),
    )


def reach(address: Address, *macs: str, requests: int = 3) -> Reach:
    """Return an address that each of these MACs answers for, and that replies to every ping."""
    answers = tuple(
        Answer(mac=mac, source=mac, at=float(at)) for at in range(requests) for mac in macs
    )
    ping = PingResult(target=address, sent=5, received=5, duplicates=0, source_macs=macs[:1])
    return Reach(
        resolution=Resolution(address=address, requests=requests, answers=answers),
        ping=ping if macs else None,
        not_pinged="" if macs else "Nobody answers for it.",
    )


def advert(instance: VrrpInstance, pair: Pair) -> Advert:
    return Advert(
        source=instance.source,
        virtual_router_id=instance.virtual_router_id,
        priority=instance.priority,
        version=pair.vip.vrrp_version if instance.family is Family.IPV4 else 3,
    )


def healthy_fabric(pair: Pair) -> FabricSight:
    """Return a fabric with a leaf for each guest and one more, that knows the first as owner."""
    groups = tuple(dict.fromkeys(guest.port_group for guest in pair.guests))
    home = f"blue-{pair.guests[0].port_group}"
    macs = {
        one.ip: instance.mac if pair.vip.vmac else pair.guests[0].mac
        for instance in _all(pair)
        for one in instance.addresses
    }
    return FabricSight(
        name="blue",
        uses_bindings=True,
        leafs=tuple(
            LeafSight(
                name=f"blue-{name}",
                port_groups=(name,) if name in groups else (),
                room=1500,
                routed=frozenset(macs.values()),
                places=tuple(Place(mac=mac, behind=home) for mac in dict.fromkeys(macs.values())),
                bindings=tuple(Binding(address=ip, mac=mac) for ip, mac in macs.items()),
            )
            for name in (*groups, "leaf9")
        ),
    )


def with_leaf(
    seen: Observations, name: str, change: Callable[[LeafSight], LeafSight]
) -> Observations:
    """Return the observations with another sight of one leaf of the fabric."""
    assert seen.fabric is not None
    leafs = tuple(change(leaf) if leaf.name == name else leaf for leaf in seen.fabric.leafs)
    assert leafs != seen.fabric.leafs
    return replace(seen, fabric=replace(seen.fabric, leafs=leafs))


def with_facts(seen: Observations, guest: str, change: Callable[[Facts], Facts]) -> Observations:
    """Return the observations with other facts of one guest."""

    def changed(one: GuestObservation) -> GuestObservation:
        return replace(one, facts=change(one.facts)) if one.facts is not None else one

    guests = tuple(changed(one) if one.guest == guest else one for one in seen.guests)
    return replace(seen, guests=guests)


def with_vip(seen: Observations, change: Callable[[Reach], Reach]) -> Observations:
    """Return the observations with another sight of every vIP."""
    segments = (replace(one, vips=tuple(map(change, one.vips))) for one in seen.segments)
    return replace(seen, segments=tuple(segments))


def with_port(seen: Observations, guest: str, policy: PortPolicy) -> Observations:
    """Return the observations with another policy in force, and configured, on one port."""
    ports = (
        replace(port, in_force=policy, configured=policy) if port.guest == guest else port
        for port in seen.ports
    )
    return replace(seen, ports=tuple(ports))


def _all(pair: Pair) -> tuple[VrrpInstance, ...]:
    return instances(pair, pair.guests[0])


def printed(facts: Facts, beside: str = "") -> str:
    """Return the facts as the script in the guest prints them, and a program beside it."""
    links = [
        {
            "ifname": link.name,
            "link": link.parent,
            "flags": ["UP"] if link.up else [],
            "address": link.mac,
            "promiscuity": link.promiscuity,
            "mtu": link.mtu,
            "linkinfo": {"info_kind": link.kind, "info_data": {"mode": link.mode}},
            "addr_info": [
                {"local": str(one.address.ip), "prefixlen": one.address.network.prefixlen}
                for one in facts.addresses
                if one.link == link.name
            ],
        }
        for link in facts.links
    ]
    sections = {
        "udev": ["settled"],
        "kernel": [facts.kernel],
        "keepalived": [f"Keepalived v{facts.keepalived} (01/16,2022)"],
        "os": [f"ID={facts.os_id}", f"VERSION_ID={facts.os_version}"],
        "daemon": ["S (sleeping)"] if facts.daemon is Daemon.RUNNING else [],
        "links": [json.dumps(links)],
        "roles": [f"{one.instance} {one.role.value} {one.since}" for one in facts.roles],
        "sysctls": [f"{key}:{value}" for key, value in facts.sysctls],
        "firewall": [
            *(f"table {table} {{" for table in facts.nft_tables or ()),
            *facts.vrrp_drops,
        ],
        "conf": [line for one in facts.configured or () for line in _conf(one)],
        "beside": beside.splitlines(),
        "end": [],
    }
    return "".join(
        f"{name} 0\n" + "".join(f" {line}\n" for line in body) for name, body in sections.items()
    )


def _conf(one: Configured) -> list[str]:
    return [
        f"vrrp_instance {one.instance} {{",
        f"    virtual_router_id {one.virtual_router_id}",
        "    virtual_ipaddress {",
        *(f"        {address}" for address in one.addresses),
        "    }",
        "    unicast_peer {",
        *(f"        {address}" for address in one.peers),
        "    }",
    ]
