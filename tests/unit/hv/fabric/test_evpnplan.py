from dataclasses import replace

import pytest

from vipprov.guest.errors import HeldError
from vipprov.hv.fabric import evpninside, evpnmark, evpnown, evpnplan
from vipprov.hv.fabric.bridgeplan import AddBridge, Adopt, Link
from vipprov.hv.fabric.evpnseen import (
    DAEMONS,
    SNOOPER,
    DropBridge,
    DropVtep,
    MakeSpine,
    MakeVtep,
    Namespace,
    Seen,
)
from vipprov.hv.fabric.evpnspec import EvpnLab

LAB = EvpnLab(name="blue", leafs=2)
NOTHING = Seen(host={}, namespaces={})


def link(name: str, *, kind: str = "veth", alias: str = "", master: str | None = None) -> Link:
    return Link(name=name, kind=kind, alias=alias, group=evpnown.GROUP, master=master, up=True)


def built(lab: EvpnLab) -> Seen:
    """Return a whole lab."""
    host = {}
    for port in lab.all_ports:
        host[port.bridge] = link(port.bridge, kind="bridge", alias=lab.alias)
        host[port.uplink] = link(port.uplink, alias=lab.alias, master=port.bridge)
    spine = {"spine": link("spine", kind="bridge", alias=lab.alias)}
    namespaces = {}
    for leaf in lab.numbers:
        port_name = evpninside.spine_port(leaf)
        spine[port_name] = link(port_name, master="spine")
        links = {
            name: link(name, master=master) for name, master in evpninside.inside(lab, leaf).items()
        }
        links["underlay"] = replace(links["underlay"], alias=evpnmark.text(lab))
        daemons = DAEMONS | ({SNOOPER} if lab.arp_snooping else set())
        namespaces[lab.vtep(leaf)] = Namespace(links=links, daemons=frozenset(daemons))
    namespaces[lab.spine] = Namespace(links=spine)
    return Seen(host=host, namespaces=namespaces)


def test_nothing_there_means_everything_is_made_the_underlay_before_the_leafs() -> None:
    assert evpnplan.plan(LAB, NOTHING) == (
        AddBridge("blue-leaf1"),
        Adopt("blue-leaf1", None),
        AddBridge("blue-leaf2"),
        Adopt("blue-leaf2", None),
        MakeSpine(),
        MakeVtep(1),
        MakeVtep(2),
    )


@pytest.mark.parametrize("lab", [LAB, EvpnLab(vnis=2, arp_snooping=True)])
def test_a_whole_lab_needs_nothing(lab: EvpnLab) -> None:
    assert evpnplan.plan(lab, built(lab)) == ()


def test_other_options_make_every_leaf_again_and_keep_the_bridges() -> None:
    wanted = replace(LAB, arp_suppression=True)
    assert evpnplan.plan(wanted, built(LAB)) == (MakeVtep(1), MakeVtep(2))


def test_without_the_underlay_every_leaf_is_made_again() -> None:
    seen = built(LAB)
    namespaces = {name: one for name, one in seen.namespaces.items() if name != LAB.spine}
    changes = evpnplan.plan(LAB, replace(seen, namespaces=namespaces))
    assert changes == (MakeSpine(), MakeVtep(1), MakeVtep(2))


def test_a_leaf_whose_daemon_died_is_made_again() -> None:
    seen = built(LAB)
    name = LAB.vtep(2)
    hurt = replace(seen.namespaces[name], daemons=frozenset({"zebra"}))
    changes = evpnplan.plan(LAB, replace(seen, namespaces={**seen.namespaces, name: hurt}))
    assert changes == (MakeVtep(2),)


@pytest.mark.parametrize("lost", ["underlay", "br100", "vx100", "host100"])
def test_a_leaf_with_a_link_that_is_down_or_unplugged_is_made_again(lost: str) -> None:
    seen = built(LAB)
    name = LAB.vtep(1)
    found = seen.namespaces[name].links
    for damaged in (replace(found[lost], up=False), replace(found[lost], master="elsewhere")):
        hurt = replace(seen.namespaces[name], links={**found, lost: damaged})
        changes = evpnplan.plan(LAB, replace(seen, namespaces={**seen.namespaces, name: hurt}))
        assert changes == (MakeVtep(1),)


def test_a_leaf_that_a_killed_run_did_not_finish_is_made_again() -> None:
    seen = built(LAB)
    name = LAB.vtep(2)
    links = seen.namespaces[name].links
    unmarked = {**links, "underlay": replace(links["underlay"], alias="")}
    for hurt in (Namespace(links=unmarked, daemons=DAEMONS), Namespace(links={})):
        changes = evpnplan.plan(LAB, replace(seen, namespaces={**seen.namespaces, name: hurt}))
        assert changes == (MakeVtep(2),)


def test_an_uplink_that_came_loose_on_the_host_is_plugged_in_again() -> None:
    seen = built(LAB)
    loose = replace(seen.host["blue-leaf1-up"], master=None)
    changes = evpnplan.plan(LAB, replace(seen, host={**seen.host, "blue-leaf1-up": loose}))
    assert changes == (Adopt("blue-leaf1-up", "blue-leaf1"),)


def test_fewer_leafs_remove_what_is_too_much() -> None:
    changes = evpnplan.plan(replace(LAB, leafs=1), built(LAB))
    assert changes == (DropVtep("vipprov-blue-vtep2"), DropBridge("blue-leaf2"), MakeVtep(1))


def test_a_bridge_with_a_guest_is_not_removed() -> None:
    seen = built(LAB)
    guest = Link(name="vnet0", kind="veth", master="blue-leaf2")
    with pytest.raises(HeldError, match="blue-leaf2"):
        evpnplan.plan(replace(LAB, leafs=1), replace(seen, host={**seen.host, "vnet0": guest}))


def test_a_bridge_of_others_is_used_as_it_is_found() -> None:
    found = Link(name="blue-leaf1", kind="bridge", up=True)
    changes = evpnplan.plan(LAB, replace(NOTHING, host={"blue-leaf1": found}))
    assert AddBridge("blue-leaf1") not in changes
    assert Adopt("blue-leaf1", None) not in changes
    assert evpnown.own_bridges(LAB, {"blue-leaf1": found}) == ()


@pytest.mark.parametrize("name", ["blue-leaf1", "blue-leaf2-up"])
def test_any_other_link_in_the_way_is_an_error(name: str) -> None:
    found = {name: Link(name=name, kind="dummy", up=True)}
    with pytest.raises(HeldError, match=name):
        evpnplan.plan(LAB, replace(NOTHING, host=found))


def test_the_ports_of_guests_are_foreign_and_the_uplinks_are_not() -> None:
    host = {**built(LAB).host, "vnet3": Link(name="vnet3", kind="veth", master="blue-leaf2")}
    assert evpnown.foreign_ports(LAB, host) == {"blue-leaf2": ("vnet3",)}
    assert evpnown.foreign_ports(LAB, built(LAB).host) == {}


def test_a_remnant_without_its_alias_is_known_by_its_group_and_name() -> None:
    assert evpnown.ours(LAB, link("blue-leaf2-up"))
    assert evpnown.ours(LAB, link("blue-leaf2b", kind="bridge"))
    assert not evpnown.ours(LAB, link("blue-other"))
    assert not evpnown.ours(EvpnLab(name="green"), link("blue-leaf2"))
    assert not evpnown.ours(LAB, Link(name="blue-leaf2", kind="bridge"))
