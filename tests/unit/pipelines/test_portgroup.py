"""Port groups without machines of ours, on the fake."""

import json
from dataclasses import replace

import pytest

import schemas
from fakes.portgroups import STARTED, FakeNic, FakePortGroups
from vipprov.guest.errors import MissingError, SpecError
from vipprov.hv.portgroup import Filter, PortState
from vipprov.pipelines import portgroup, portwords

FIRST, SECOND = "52:54:00:aa:00:01", "52:54:00:aa:00:02"
VMAC, VMAC6 = "00:00:5e:00:01:32", "00:00:5e:00:02:32"
CLEAN = Filter(name="clean-traffic", parameters=(("IP", "192.0.2.11"),))


def nic(mac: str = FIRST, machine: str = "web") -> FakeNic:
    return FakeNic(
        machine=machine,
        mac=mac,
        port_group="leaf1",
        configured=PortState(filter=CLEAN, isolated=False),
        in_force=replace(STARTED, filter=CLEAN),
    )


@pytest.fixture
def groups() -> FakePortGroups:
    return FakePortGroups([nic()], bridges=["leaf1", "leaf2"])


def test_vrid_means_its_ipv4_mac_and_if_asked_its_ipv6_mac() -> None:
    assert portgroup.wanted_macs(router_ids=[50], over_ipv6=False, macs=[]) == (VMAC,)
    assert portgroup.wanted_macs(router_ids=[50], over_ipv6=True, macs=[]) == (VMAC, VMAC6)


def test_macs_are_taken_in_any_common_spelling_and_once() -> None:
    spelled = ["00-00-5E-00-01-32", VMAC]
    assert portgroup.wanted_macs(router_ids=[50], over_ipv6=False, macs=spelled) == (VMAC,)


def test_all_that_is_wrong_with_the_macs_is_said_at_once() -> None:
    with pytest.raises(SpecError) as refused:
        portgroup.wanted_macs(router_ids=[0, 256], over_ipv6=False, macs=["zz", "01:00:5e:0:0:1"])
    assert len(refused.value.details.splitlines()) == len(("0", "256", "zz", "01:"))
    with pytest.raises(SpecError, match="No virtual MAC"):
        portgroup.wanted_macs(router_ids=[], over_ipv6=False, macs=[])
    with pytest.raises(SpecError) as group:
        portgroup.wanted_macs(router_ids=[], over_ipv6=False, macs=["01:00:5e:00:00:01"])
    assert "group address" in group.value.details


def test_name_of_a_bridge_a_machine_or_both_is_shown(groups: FakePortGroups) -> None:
    groups.bridges.add("web")
    assert portgroup.show(groups, "leaf1").port_group is not None
    both = portgroup.show(groups, "web")
    assert both.port_group is not None
    assert [port.mac for port in both.ports] == [FIRST]
    with pytest.raises(MissingError, match="nonesuch"):
        portgroup.show(groups, "nonesuch")


def test_the_only_nic_need_not_be_named_and_of_two_one_must_be(groups: FakePortGroups) -> None:
    assert portgroup.chosen_nic(groups, "web", None) == FIRST
    assert portgroup.chosen_nic(groups, "web", FIRST.upper()) == FIRST
    groups.nics["web", SECOND] = nic(SECOND)
    with pytest.raises(SpecError, match="2 NICs"):
        portgroup.chosen_nic(groups, "web", None)
    with pytest.raises(MissingError, match="no NIC"):
        portgroup.chosen_nic(groups, "web", VMAC)


def test_preview_tells_both_versions_and_changes_nothing(groups: FakePortGroups) -> None:
    before = groups.ports("web")
    opening = portgroup.preview(groups, "web", (VMAC,), nic=None)
    text = portwords.opening_text(opening)
    assert "filter clean-traffic (IP=192.0.2.11)" in text
    assert "filter vipprov-web" in text
    assert groups.ports("web") == before
    document = json.loads(json.dumps(portwords.opening_document(opening)))
    schemas.require("portgroup-permit", document, closed=True)
    assert document["change"]["before"]["filter"]["parameters"] == [["IP", "192.0.2.11"]]


def test_another_mac_is_let_out_beside_those_that_are_already(groups: FakePortGroups) -> None:
    portgroup.permit(groups, "web", (VMAC,), nic=None)
    assert portgroup.permit(groups, "web", (VMAC6,), nic=None).passes == {VMAC, VMAC6}


def test_port_that_a_pair_file_keeps_is_not_opened_by_hand(groups: FakePortGroups) -> None:
    kept = PortState(filter=Filter(name="vipprov-web"))
    groups.nics["web", FIRST] = replace(nic(), configured=kept, in_force=kept)
    for verb in (portgroup.permit, portgroup.preview):
        with pytest.raises(SpecError, match="kept by its pair file"):
            verb(groups, "web", (VMAC,), nic=None)


def test_restore_gives_back_all_ports_that_were_opened(groups: FakePortGroups) -> None:
    groups.nics["web", SECOND] = nic(SECOND)
    portgroup.permit(groups, "web", (VMAC,), nic=SECOND)
    (restored,) = portgroup.restore(groups, "web", nic=None)
    assert (restored.mac, restored.record) == (SECOND, None)
    assert portgroup.restore(groups, "web", nic=None) == ()


def test_text_is_a_table_with_what_stands_in_the_way_under_it(groups: FakePortGroups) -> None:
    lines = portwords.shown_text(portgroup.show(groups, "leaf1")).splitlines()
    assert lines[0] == "leaf1: bridge; can carry a virtual MAC"
    assert lines[1].split() == " ".join(portwords.COLUMNS).split()
    assert "clean-traffic" in lines[2]
    assert any("drops frames of MACs" in line for line in lines[3:])


def test_table_says_whether_a_port_learns(groups: FakePortGroups) -> None:
    def learning() -> str:
        heading, row = portwords.ports_text(groups.ports("web")).splitlines()[:2]
        at = heading.index("LEARNING")
        return row[at : at + len("LEARNING")].strip()

    assert learning() == "on"
    groups.set_learning("web", FIRST, is_on=False)
    assert learning() == "off"
    assert "does not learn MACs" in portwords.ports_text(groups.ports("web"))
    groups.nics["web", FIRST] = replace(nic(), in_force=None)
    assert learning() == "-"


def test_filter_that_filters_nothing_is_told_under_the_table(groups: FakePortGroups) -> None:
    groups.nics["web", FIRST] = replace(nic(), is_unhooked=True)
    ports = groups.ports("web")
    text = portwords.ports_text(ports)
    assert "bound to the filter clean-traffic, whose chain somebody took out" in text
    assert "in force: no filter" in text
    (document,) = portwords.ports_document(ports)
    schemas.require("portgroup-restore", [document], closed=True)
    assert document["unhooked"] == "clean-traffic"


def test_text_of_an_empty_bridge_and_of_a_hopeless_one(groups: FakePortGroups) -> None:
    assert "No NIC" in portwords.shown_text(portgroup.show(groups, "leaf2"))
    groups.hopeless["tap-net"] = "a macvtap in vepa mode never delivers frames to a second MAC"
    assert "can never carry" in portwords.shown_text(portgroup.show(groups, "tap-net"))


def test_text_shows_both_sides_where_they_differ(groups: FakePortGroups) -> None:
    groups.nics["web", FIRST] = replace(nic(), in_force=STARTED)
    text = portwords.ports_text(groups.ports("web"))
    assert "configuration: filter clean-traffic" in text
    assert "in force: no filter" in text


def test_document_of_an_opened_port_holds_what_was_before(groups: FakePortGroups) -> None:
    port = portgroup.permit(groups, "web", (VMAC,), nic=None)
    (document,) = json.loads(json.dumps(portwords.ports_document((port,))))
    schemas.require("portgroup-permit", document, closed=True)
    assert document["passes"] == [VMAC]
    assert document["record"]["before"]["filter"]["name"] == "clean-traffic"
    assert "opened by vipprov; before: filter clean-traffic" in portwords.ports_text((port,))
