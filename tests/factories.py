"""Values for tests: a pair as a careful engineer would write it, any part of it replaceable."""

from dataclasses import replace
from datetime import timedelta
from ipaddress import ip_address, ip_interface
from typing import Any

from vipprov.guest.pair import (
    Guest,
    MoveBudget,
    Pair,
    PolicyMode,
    Promisc,
    Size,
    TrackScript,
    Vip,
)


def make_vip(**overrides: Any) -> Vip:  # noqa: ANN401  any field, of its own type
    vip = Vip(
        addresses=(ip_interface("10.50.50.50/24"),),
        virtual_router_id=50,
        vrrp_version=2,
        advert_interval=timedelta(seconds=1),
        vmac=True,
        preempt=False,
        garp_refresh=timedelta(seconds=60),
        track=(),
        keepalived_extra=(),
    )
    return replace(vip, **overrides)


def make_guest(number: int = 1, **overrides: Any) -> Guest:  # noqa: ANN401  any field
    guest = Guest(
        name=f"web-{number}",
        addresses=(ip_interface(f"10.50.50.{50 + number}/24"),),
        port_group=f"leaf{number}",
        mac=f"52:54:00:50:00:{number:02x}",
        priority=255 - number,
    )
    return replace(guest, **overrides)


def make_pair(**overrides: Any) -> Pair:  # noqa: ANN401  any field, of its own type
    pair = Pair(
        name="web",
        hypervisor="lxc:///system",
        image="debian-12",
        size=Size(cpus=1, memory=512 << 20, disk=4 << 30),
        interface="eth0",
        policy=PolicyMode.LEAST,
        vip=make_vip(),
        guests=(make_guest(1), make_guest(2)),
        promisc=Promisc.AUTO,
        sysctl=(),
        gateways=(ip_address("10.50.50.1"),),
        dns=(),
        ssh_keys=(),
        password=None,
        cloud_config=None,
        packages_update=False,
        management=None,
        fabric=MoveBudget(profile="frr", moves=4, window=timedelta(seconds=180)),
        observers=(),
        timeout=timedelta(minutes=5),
    )
    return replace(pair, **overrides)


def dual_stack_pair(**overrides: Any) -> Pair:  # noqa: ANN401  any field, of its own type
    guests = tuple(
        make_guest(
            number,
            addresses=(
                ip_interface(f"10.50.50.{50 + number}/24"),
                ip_interface(f"2001:db8:50::{50 + number}/64"),
            ),
        )
        for number in (1, 2)
    )
    vip = make_vip(addresses=(ip_interface("10.50.50.50/24"), ip_interface("2001:db8:50::50/64")))
    return replace(make_pair(guests=guests, vip=vip), **overrides)


def make_track(**overrides: Any) -> TrackScript:  # noqa: ANN401  any field, of its own type
    script = TrackScript(
        name="haproxy",
        command=("/usr/bin/pidof", "haproxy"),
        interval=timedelta(seconds=1),
        fall=2,
        rise=2,
    )
    return replace(script, **overrides)
