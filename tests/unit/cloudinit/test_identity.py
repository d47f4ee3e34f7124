from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from ipaddress import ip_address, ip_interface
from pathlib import Path
from typing import Any

import pytest

from cloudinit_values import KEY, dual_stack_pair
from vipprov.cloudinit.identity import digest, identity, ingredients
from vipprov.cloudinit.own import CloudConfig
from vipprov.guest.pair import (
    CustomPolicy,
    Management,
    MoveBudget,
    Pair,
    PolicyMode,
    Promisc,
    SecretKind,
    SecretRef,
    Setting,
    Size,
    TrackScript,
)
from vipprov.guest.placement import Placement

TRACK = TrackScript(name="x", command=("/bin/true",), interval=timedelta(seconds=1), fall=2, rise=2)

NEEDS_A_NEW_MACHINE: dict[str, Callable[[Pair], Pair]] = {
    "custom policy": lambda pair: replace(pair, policy=CustomPolicy(promiscuous=Setting.ACCEPT)),
    "cpus": lambda pair: replace(pair, size=replace(pair.size, cpus=2)),
    "memory": lambda pair: replace(pair, size=Size(cpus=1, memory=1 << 30, disk=4 << 30)),
    "disk": lambda pair: replace(pair, size=replace(pair.size, disk=8 << 30)),
    "interface": lambda pair: replace(pair, interface="ens3"),
    "gateway": lambda pair: replace(pair, gateways=(ip_address("10.50.50.254"),)),
    "dns": lambda pair: replace(pair, dns=()),
    "password": lambda pair: replace(pair, password=SecretRef(kind=SecretKind.ENV, target="P")),
    "management": lambda pair: replace(pair, management=None),
    "management port group": lambda pair: replace(pair, management=Management(port_group="m")),
    "name": lambda pair: first(pair, name="db-1"),
    "addresses": lambda pair: first(pair, addresses=(ip_interface("10.50.50.61/24"),)),
    "mask": lambda pair: first(pair, addresses=(ip_interface("10.50.50.51/25"),)),
    "port group": lambda pair: first(pair, port_group="leaf3"),
    "mac": lambda pair: first(pair, mac="52:54:00:00:00:99"),
    "management mac": lambda pair: first(pair, management_mac="52:54:00:00:00:98"),
    "management address": lambda pair: first(
        pair, management_addresses=(ip_interface("192.0.2.5/24"),)
    ),
}

CAN_BE_CHANGED_LIVE: dict[str, Callable[[Pair], Pair]] = {
    # Not live, but never by vipprov: a machine that is there stays where it is.
    "placement": lambda pair: first(pair, placement=Placement(host="esx1")),
    "vIPs": lambda pair: vip(pair, addresses=(ip_interface("10.50.50.60/24"),)),
    "router id": lambda pair: vip(pair, virtual_router_id=51),
    "VRRP version": lambda pair: vip(pair, vrrp_version=3),
    "advert interval": lambda pair: vip(pair, advert_interval=timedelta(milliseconds=100)),
    "vMAC": lambda pair: vip(pair, vmac=False),
    "preempt": lambda pair: vip(pair, preempt=True),
    "GARP refresh": lambda pair: vip(pair, garp_refresh=timedelta(seconds=5)),
    "track scripts": lambda pair: vip(pair, track=(TRACK,)),
    "extra lines": lambda pair: vip(pair, keepalived_extra=("debug 1",)),
    "priority": lambda pair: first(pair, priority=7),
    "filter": lambda pair: first(pair, filter="clean-traffic"),
    "policy": lambda pair: replace(pair, policy=PolicyMode.ARTICLE),
    "custom policy on vSphere": lambda pair: replace(
        pair,
        hypervisor="vsphere://user@vcenter.example/DC1",
        policy=CustomPolicy(promiscuous=Setting.ACCEPT),
    ),
    "promisc": lambda pair: replace(pair, promisc=Promisc.ON),
    "sysctl": lambda pair: replace(pair, sysctl=(("net.ipv4.ip_forward", "1"),)),
    "update option": lambda pair: replace(pair, packages_update=True),
    "fabric": lambda pair: replace(
        pair, fabric=MoveBudget(profile="nxos", moves=1, window=timedelta(seconds=1))
    ),
    "timeout": lambda pair: replace(pair, timeout=timedelta(seconds=1)),
    "name of the pair": lambda pair: replace(pair, name="shop"),
    "address of the hypervisor": lambda pair: replace(pair, hypervisor="lxc://h/system"),
    "the peer": lambda pair: replace(
        pair, guests=(pair.guests[0], replace(pair.guests[1], name="web-9"))
    ),
}


@pytest.mark.parametrize("edit", NEEDS_A_NEW_MACHINE.values(), ids=NEEDS_A_NEW_MACHINE)
def test_what_needs_a_new_machine_changes_the_identity(edit: Callable[[Pair], Pair]) -> None:
    assert of(edit(dual_stack_pair())) != of(dual_stack_pair())


@pytest.mark.parametrize("edit", CAN_BE_CHANGED_LIVE.values(), ids=CAN_BE_CHANGED_LIVE)
def test_what_can_be_changed_live_leaves_the_identity(edit: Callable[[Pair], Pair]) -> None:
    changed = edit(dual_stack_pair())
    assert changed != dual_stack_pair()
    assert of(changed) == of(dual_stack_pair())


def test_another_image_changes_the_identity() -> None:
    assert of(dual_stack_pair(), image="sha256:b") != of(dual_stack_pair())


def test_another_key_changes_the_identity_and_another_order_does_not() -> None:
    assert of(dual_stack_pair(), keys=(KEY,)) != of(dual_stack_pair())
    assert of(dual_stack_pair(), keys=("a", "b")) == of(dual_stack_pair(), keys=("b", "a"))


def test_content_of_the_users_cloud_config_is_part_of_it_and_its_place_is_not() -> None:
    assert of(dual_stack_pair(), own=config("1")) != of(dual_stack_pair())
    assert of(dual_stack_pair(), own=config("1")) != of(dual_stack_pair(), own=config("2"))
    moved = replace(config("1"), path=Path("/elsewhere"))
    assert of(dual_stack_pair(), own=moved) == of(dual_stack_pair(), own=config("1"))


def test_each_guest_has_its_own() -> None:
    pair = dual_stack_pair()
    one, two = (identity(pair, guest, "sha256:a", None, ()) for guest in pair.guests)
    assert one != two


def test_identity_is_sixteen_hex_digits_and_stays_what_it_is() -> None:
    # Machines out there carry it: another number would have them all made anew.
    assert digest((("image", "0123"), ("size", "4567"))) == "4349cff9af6a7f0d"


def test_identity_is_the_digest_of_the_ingredients() -> None:
    pair = dual_stack_pair()
    made_from = ingredients(pair, pair.guests[0], "sha256:a", None, ())
    assert digest(made_from) == of(pair)


def test_only_the_ingredient_that_changed_has_another_digest() -> None:
    pair = dual_stack_pair()
    before = dict(ingredients(pair, pair.guests[0], "sha256:a", None, ()))
    bigger = replace(pair, size=replace(pair.size, cpus=4))
    after = dict(ingredients(bigger, bigger.guests[0], "sha256:a", None, ()))
    assert [name for name in before if before[name] != after[name]] == ["size"]


def of(
    pair: Pair,
    image: str = "sha256:a",
    own: CloudConfig | None = None,
    keys: tuple[str, ...] = (),
) -> str:
    return identity(pair, pair.guests[0], image, own, keys)


def config(digest: str) -> CloudConfig:
    return CloudConfig(path=Path("user.yaml"), tree={}, places={}, digest=digest)


def first(pair: Pair, **changes: Any) -> Pair:  # noqa: ANN401  the fields of a guest
    return replace(pair, guests=(replace(pair.guests[0], **changes), *pair.guests[1:]))


def vip(pair: Pair, **changes: Any) -> Pair:  # noqa: ANN401  the fields of a vIP
    return replace(pair, vip=replace(pair.vip, **changes))
