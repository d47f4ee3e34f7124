"""What FRR 8.4 said on leaf 2 of three, after a virtual MAC had moved five times."""

from dataclasses import replace
from ipaddress import IPv4Address
from pathlib import Path

import pytest

from vipprov.guest.errors import HypervisorError, MissingError
from vipprov.hv.fabric import evpnshow
from vipprov.hv.fabric.evpnstate import Fabric, FloodList, Leaf, Neighbour

ANSWERS = (Path(__file__).parents[3] / "golden/frr/leaf2.json").read_text()
VIRTUAL = "00:00:5e:00:01:32"
ONE, TWO, THREE = (IPv4Address(f"100.64.0.{number}") for number in (1, 2, 3))


@pytest.fixture
def leaf() -> Leaf:
    return evpnshow.everything(ANSWERS, number=2, vtep=TWO)


def test_sessions_and_flood_lists_are_read(leaf: Leaf) -> None:
    assert {session.peer: session.established for session in leaf.sessions} == {
        ONE: True,
        THREE: True,
    }
    assert leaf.flood_lists == (FloodList(vni=100, vteps=frozenset({ONE, THREE})),)
    assert {route.vtep for route in leaf.flood_routes} == {ONE, TWO, THREE}
    assert {route.vni for route in leaf.flood_routes} == {100}


def test_type_2_routes_carry_their_sequence_number(leaf: Leaf) -> None:
    found = {
        (str(route.vtep), str(route.address), route.sequence)
        for route in leaf.mac_routes
        if route.mac == VIRTUAL
    }
    assert ("100.64.0.1", "None", 4) in found
    assert ("100.64.0.1", "10.50.50.50", 4) in found
    others = {route.sequence for route in leaf.mac_routes if route.mac != VIRTUAL}
    assert others == {0}


def test_a_local_mac_has_a_port_and_a_remote_one_a_vtep(leaf: Leaf) -> None:
    local = leaf.mac("02:00:00:50:00:52", vni=100)
    remote = leaf.mac("02:00:00:50:00:51", vni=100)
    assert local is not None
    assert remote is not None
    assert (local.port, local.vtep) == ("host", None)
    assert (remote.port, remote.vtep) == (None, ONE)


def test_a_duplicate_is_flagged_with_the_moves_that_made_it_one(leaf: Leaf) -> None:
    found = leaf.mac(VIRTUAL.upper(), vni=100)
    assert found is not None
    assert (found.sequence, found.moves, found.duplicate) == (5, 5, True)
    assert leaf.mac(VIRTUAL, vni=101) is None


def test_the_arp_table_tells_own_neighbours_from_those_behind_a_vtep(leaf: Leaf) -> None:
    found: dict[str, Neighbour] = {str(one.address): one for one in leaf.neighbours}
    assert found["10.50.50.51"].vtep == ONE
    assert found["10.50.50.52"].vtep is None
    assert found["10.50.50.52"].mac == "02:00:00:50:00:52"


def test_the_mac_table_can_be_read_alone(leaf: Leaf) -> None:
    tables = '{"100":{"numMacs":1,"macs":{"02:00:00:50:00:51":{"type":"remote",'
    tables += '"remoteVtep":"100.64.0.1","localSequence":0,"remoteSequence":3}}}}'
    alone = evpnshow.mac_table(tables, number=2, vtep=TWO)
    (known,) = alone.macs
    assert (known.vtep, known.sequence, known.duplicate) == (ONE, 3, False)
    assert leaf.mac(known.mac, vni=100) is not None


def test_plain_words_in_place_of_an_answer_are_an_error_that_shows_them() -> None:
    words = "% BGP instance not found\n"
    with pytest.raises(HypervisorError) as raised:
        evpnshow.readiness(words + "[]\n", number=1, vtep=ONE)
    assert "instance not found" in raised.value.details


def test_a_leaf_that_knows_nobody_is_not_ready() -> None:
    text = '{"peers":{"100.64.0.2":{"state":"Active"}}}\n[{"vni":100,"numRemoteVteps":0}]\n'
    leaf = evpnshow.readiness(text, number=1, vtep=ONE)
    assert not leaf.ready(others=frozenset({TWO}), vnis=frozenset({100}))


def test_a_leaf_is_ready_when_nobody_and_no_vni_is_missing(leaf: Leaf) -> None:
    assert leaf.ready(others=frozenset({ONE, THREE}), vnis=frozenset({100}))
    assert not leaf.ready(others=frozenset({ONE, THREE}), vnis=frozenset({100, 101}))
    assert not leaf.ready(others=frozenset({ONE}), vnis=frozenset({100}))


def test_the_fabric_has_the_highest_sequence_and_any_flag(leaf: Leaf) -> None:
    quiet = replace(leaf, number=1, macs=())
    fabric = Fabric(name="blue", vnis=(100,), leafs=(quiet, leaf))
    assert fabric.sequence(VIRTUAL, vni=100) == 5
    assert fabric.duplicate(VIRTUAL, vni=100)
    assert not fabric.duplicate("02:00:00:50:00:51", vni=100)
    with pytest.raises(MissingError, match="00:00:5e:00:01:33"):
        fabric.sequence("00:00:5e:00:01:33", vni=100)
