"""Interfaces of domains are read into values, and changed without touching anything else."""

import xml.etree.ElementTree as ET
from dataclasses import replace

import pytest

from vipprov.guest.errors import MissingError
from vipprov.hv.libvirtd import interface_change, interface_xml
from vipprov.hv.portgroup import Filter, PortState

FIRST, SECOND = "52:54:00:50:00:01", "52:54:00:50:00:02"
CLEAN = Filter(name="clean-traffic", parameters=(("IP", "10.50.50.51"), ("IP", "10.50.50.50")))
NOTE = "<x:note xmlns:x='urn:other'><!-- theirs -->a &amp; b</x:note>"


def domain(*interfaces: str, kind: str = "kvm") -> str:
    return (
        f"<domain type='{kind}'><metadata>{NOTE}</metadata>"
        f"<devices>{''.join(interfaces)}</devices></domain>"
    )


def nic(mac: str = FIRST, *, kind: str = "bridge", attributes: str = "", rest: str = "") -> str:
    source = {"direct": "dev"}.get(kind, kind)
    inner = f"<mac address='{mac}'/><source {source}='leaf1'/>{rest}"
    return f"<interface type='{kind}' {attributes}>{inner}</interface>"


FILTERED = nic(
    rest="<port isolated='yes'/><target dev='tap0'/><filterref filter='clean-traffic'>"
    "<parameter name='IP' value='10.50.50.51'/><parameter name='IP' value='10.50.50.50'/>"
    "</filterref>"
)


def test_interface_is_read_with_its_filter_and_isolation() -> None:
    (found,) = interface_xml.interfaces(domain(FILTERED))
    assert found.state == PortState(filter=CLEAN, isolated=True)
    assert (found.mac, found.kind, found.source, found.target) == (
        FIRST,
        "bridge",
        "leaf1",
        "tap0",
    )


def test_macvtap_without_a_mode_is_vepa() -> None:
    text = domain(nic(kind="direct", attributes="trustGuestRxFilters='yes'"))
    (found,) = interface_xml.interfaces(text)
    assert (found.direct_mode, found.source, found.state.trust_guest_rx_filters) == (
        "vepa",
        "leaf1",
        True,
    )


def test_nic_of_a_kind_that_we_do_not_know_is_read_all_the_same() -> None:
    (found,) = interface_xml.interfaces(domain("<interface type='user'/>"))
    assert (found.mac, found.kind, found.source) == ("", "user", "")


def test_same_state_leaves_the_text_alone() -> None:
    text = domain(FILTERED)
    assert interface_change.with_state(text, FIRST, PortState(filter=CLEAN, isolated=True)) == text


def test_change_touches_one_nic_only_and_can_be_taken_back() -> None:
    text = domain(FILTERED, nic(SECOND))
    before = [found.state for found in interface_xml.interfaces(text)]
    opened = replace(before[0], filter=Filter(name="vipprov-x"), isolated=False)
    changed = interface_change.with_state(text, FIRST, opened)
    assert [found.state for found in interface_xml.interfaces(changed)] == [opened, before[1]]
    back = interface_change.with_state(changed, FIRST, before[0])
    assert [found.state for found in interface_xml.interfaces(back)] == before


def test_metadata_of_others_keeps_its_prefix_and_comments() -> None:
    changed = interface_change.with_state(domain(FILTERED), FIRST, PortState(isolated=False))
    assert "<x:note" in changed
    assert "<!-- theirs -->" in changed
    assert "filterref" not in changed


def test_container_with_a_first_filter_gets_a_device_name_and_loses_it_with_the_filter() -> None:
    text = domain(nic(), kind="lxc")
    filtered = interface_change.with_state(text, FIRST, PortState(filter=CLEAN, isolated=False))
    (found,) = interface_xml.interfaces(filtered)
    assert found.target == interface_change.device_name(FIRST)
    plain = interface_change.with_state(filtered, FIRST, PortState(isolated=False))
    assert ET.canonicalize(plain, with_comments=True) == ET.canonicalize(text, with_comments=True)


def test_longest_device_name_is_one_that_the_kernel_takes() -> None:
    assert len(interface_change.device_name(FIRST)) < len("interface-name16")


def test_machine_of_qemu_keeps_its_device_as_it_is() -> None:
    filtered = interface_change.with_state(domain(nic()), FIRST, PortState(filter=CLEAN))
    (found,) = interface_xml.interfaces(filtered)
    assert found.target is None


def test_nic_that_is_not_there_is_missing() -> None:
    with pytest.raises(MissingError, match=SECOND):
        interface_change.with_state(domain(FILTERED), SECOND, PortState())


def test_hostile_names_stay_names() -> None:
    hostile = Filter(name="'\"/><evil/>", parameters=(("a'b", '<&>"]]>'),))
    changed = interface_change.with_state(domain(nic()), FIRST, PortState(filter=hostile))
    (found,) = interface_xml.interfaces(changed)
    assert found.state.filter == hostile
    assert "<evil" not in changed
