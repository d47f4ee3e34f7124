from dataclasses import replace
from datetime import timedelta
from ipaddress import IPv4Address, ip_address

from vipprov.guest.fabric import Binding, Place
from vipprov.hv.fabric.duplicates import Duplicates
from vipprov.hv.fabric.evpnspec import EvpnLab, underlay
from vipprov.hv.fabric.evpnstate import (
    Fabric,
    FloodList,
    Leaf,
    Mac,
    MacRoute,
    Neighbour,
    Session,
)
from vipprov.pipelines import fabriclook

VMAC = "00:00:5e:00:01:32"
VIP = ip_address("10.50.50.50")
LAB = EvpnLab(
    name="blue",
    leafs=3,
    vnis=2,
    arp_suppression=True,
    duplicates=Duplicates(freeze=timedelta(seconds=300)),
    ageing=timedelta(seconds=10),
)
ONE, TWO, THREE = (underlay(number) for number in (1, 2, 3))
BRIDGES = {"web": "blue-leaf1", "net2": "blue-leaf2"}


def mac(vtep: IPv4Address | None, *, vni: int = 100) -> Mac:
    return Mac(
        vni=vni, mac=VMAC, port="host100", vtep=vtep, sequence=1, moves=0, duplicate=vni == 101
    )


def leaf(number: int, **changes: object) -> Leaf:
    bridges = (f"blue-leaf{number}", f"blue-leaf{number}b")
    return Leaf(number=number, vtep=underlay(number), bridges=bridges, **changes)  # type: ignore[arg-type]


FABRIC = Fabric(
    name="blue",
    vnis=(100, 101),
    leafs=(
        leaf(
            1,
            sessions=(
                Session(peer=TWO, state="Established"),
                Session(peer=THREE, state="Active"),
            ),
            flood_lists=(
                FloodList(vni=100, vteps=frozenset({TWO})),
                FloodList(vni=101, vteps=frozenset({THREE})),
            ),
            macs=(mac(None), mac(TWO, vni=101)),
            mac_routes=(MacRoute(vni=100, mac=VMAC, address=None, vtep=ONE, sequence=1),),
            neighbours=(
                Neighbour(vni=100, address=VIP, mac=VMAC, vtep=None, active=True, duplicate=False),
            ),
            room=1500,
        ),
        leaf(2, macs=(mac(ONE),), down=("underlay",)),
        leaf(3, trouble="vtysh failed."),
    ),
)


def test_leafs_are_named_by_their_bridges_and_know_the_port_groups() -> None:
    sight = fabriclook.sight(LAB, FABRIC, BRIDGES)
    assert sight is not None
    assert [leaf.name for leaf in sight.leafs] == ["blue-leaf1", "blue-leaf2", "blue-leaf3"]
    assert [leaf.port_groups for leaf in sight.leafs] == [("web",), ("net2",), ()]
    assert [leaf.name for leaf in sight.mine] == ["blue-leaf1", "blue-leaf2"]
    assert [leaf.error for leaf in sight.leafs] == ["", "", "vtysh failed."]


def test_lost_sessions_and_floods_are_told_by_the_names_of_leafs() -> None:
    sight = fabriclook.sight(LAB, FABRIC, BRIDGES)
    assert sight is not None
    assert sight.leafs[0].lost == {"blue-leaf3"}
    assert sight.leafs[0].unflooded == {"blue-leaf3"}
    assert sight.leafs[1].lost == {"blue-leaf1", "blue-leaf3"}
    assert sight.leafs[1].down == ("underlay",)


def test_tables_of_the_own_vni_alone_are_shown() -> None:
    sight = fabriclook.sight(LAB, FABRIC, BRIDGES)
    assert sight is not None
    here, there = (leaf.places for leaf in sight.mine)
    assert here == there == (Place(mac=VMAC, behind="blue-leaf1"),)
    assert sight.leafs[0].bindings == (Binding(address=VIP, mac=VMAC),)
    assert sight.leafs[0].routed == {VMAC}
    other = fabriclook.sight(LAB, FABRIC, {"web": "blue-leaf1b"})
    assert other is not None
    assert other.leafs[0].places == (Place(mac=VMAC, behind="blue-leaf2b", duplicate=True),)


def test_options_of_the_lab_say_what_matters() -> None:
    sight = fabriclook.sight(LAB, FABRIC, BRIDGES)
    assert sight is not None
    assert (sight.uses_bindings, sight.freezes, sight.ageing) == (
        True,
        True,
        timedelta(seconds=10),
    )
    plain = fabriclook.sight(EvpnLab(name="blue", vnis=2), FABRIC, BRIDGES)
    assert plain is not None
    assert (plain.uses_bindings, plain.freezes) == (False, False)


def test_bridge_of_nobody_shows_no_fabric() -> None:
    assert fabriclook.sight(LAB, FABRIC, {"web": "leaf1"}) is None


def test_cable_of_another_vni_is_no_concern() -> None:
    cut = ("vx101", "host101", "blue-leaf1b-up", "vx100")
    broken = replace(FABRIC, leafs=(replace(FABRIC.leafs[0], down=cut), *FABRIC.leafs[1:]))
    sight = fabriclook.sight(LAB, broken, BRIDGES)
    assert sight is not None
    assert sight.leafs[0].down == ("vx100",)
