from dataclasses import replace

import pytest

from vipprov.hv.fabric import evpncables
from vipprov.hv.fabric.bridgeplan import Link
from vipprov.hv.fabric.evpnspec import EvpnLab

LAB = EvpnLab(name="blue")
Ends = dict[str, dict[str, Link]]


def link(name: str, mtu: int = 1500) -> Link:
    return Link(name=name, kind="veth", up=True, carries=True, mtu=mtu)


def ends() -> Ends:
    found = {
        "host": ("blue-leaf2-up", "blue-leaf1-up"),
        "inside": ("vx100", "host100"),
        "spine": (),
    }
    large = {"inside": link("underlay", 1600), "spine": link("vtep2", 1600)}
    return {
        place: {name: link(name) for name in names}
        | ({large[place].name: large[place]} if place in large else {})
        for place, names in found.items()
    }


def without(place: str, name: str) -> Ends:
    found = ends()
    del found[place][name]
    return found


def changed(place: str, name: str, **changes: object) -> Ends:
    found = ends()
    found[place][name] = replace(found[place][name], **changes)  # type: ignore[arg-type]
    return found


def test_whole_leaf_has_no_cable_down_and_room_for_the_guests() -> None:
    assert evpncables.down(LAB, 2, **ends()) == ()
    assert evpncables.room(LAB, 2, **ends()) == 1500


@pytest.mark.parametrize(
    ("place", "name", "told"),
    [
        ("inside", "underlay", "underlay"),
        ("spine", "vtep2", "vtep2 (spine)"),
        ("inside", "vx100", "vx100"),
        ("inside", "host100", "host100"),
        ("host", "blue-leaf2-up", "blue-leaf2-up"),
    ],
)
def test_every_cable_of_the_leaf_is_missed(place: str, name: str, told: str) -> None:
    assert evpncables.down(LAB, 2, **changed(place, name, carries=False)) == (told,)
    assert evpncables.down(LAB, 2, **without(place, name)) == (told,)


def test_cable_of_another_leaf_is_no_concern() -> None:
    found = changed("host", "blue-leaf1-up", carries=False, mtu=100)
    assert evpncables.down(LAB, 2, **found) == ()
    assert evpncables.room(LAB, 2, **found) == 1500


@pytest.mark.parametrize(
    ("place", "name", "mtu", "room"),
    [("spine", "vtep2", 1500, 1450), ("inside", "underlay", 1549, 1499), ("inside", "vx100", 9, 9)],
)
def test_underlay_needs_room_for_the_headers_of_vxlan(
    place: str, name: str, mtu: int, room: int
) -> None:
    assert evpncables.room(LAB, 2, **changed(place, name, mtu=mtu)) == room
