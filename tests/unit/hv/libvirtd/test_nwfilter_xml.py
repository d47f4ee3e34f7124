"""Generated filters are written by a serialiser, the same for the same name."""

import xml.etree.ElementTree as ET

from golden_files import assert_golden
from vipprov.hv.libvirtd import interface_xml, nwfilter_xml
from vipprov.hv.portgroup import Filter

NIC, VMAC, VMAC6 = "52:54:00:50:00:01", "00:00:5e:00:01:32", "00:00:5e:00:02:32"


def parsed(text: str) -> ET.Element:
    return ET.fromstring(text)  # noqa: S314  rendered by us


def test_least_filter_is_as_in_the_golden_file() -> None:
    text = nwfilter_xml.least("vipprov-web-1", nic_mac=NIC, vmacs=(VMAC, VMAC6))
    assert_golden("nwfilter/least.xml", text)


def test_filter_without_rules_is_as_in_the_golden_file() -> None:
    assert_golden("nwfilter/everything.xml", nwfilter_xml.everything("vipprov-web-1"))


def test_binding_is_as_in_the_golden_file() -> None:
    used = Filter(name="clean-traffic", parameters=(("IP", "10.50.50.51"),))
    text = nwfilter_xml.binding(
        "vnet0",
        owner=("web & <1>", "f7fdb3cd-58a5-4efe-9b04-d115855c810b"),
        mac=NIC,
        reference=interface_xml.filter_reference(used),
    )
    assert_golden("nwfilter/binding.xml", text)
    assert interface_xml.binding_filter(text, NIC) == used


def test_mac_that_is_named_twice_or_in_capitals_gets_one_rule() -> None:
    twice = nwfilter_xml.least("f", nic_mac=NIC, vmacs=(NIC.upper(), VMAC, VMAC))
    assert twice == nwfilter_xml.least("f", nic_mac=NIC, vmacs=(VMAC,))


def test_same_name_has_the_same_uuid_whatever_the_rules() -> None:
    first = nwfilter_xml.least("vipprov-web-1", nic_mac=NIC, vmacs=(VMAC,))
    other = nwfilter_xml.everything("vipprov-web-1")
    uuid = nwfilter_xml.identity("vipprov-web-1")
    assert [parsed(text).findtext("uuid") for text in (first, other)] == [uuid, uuid]
    assert nwfilter_xml.identity("vipprov-web-2") != nwfilter_xml.identity("vipprov-web-1")


def test_hostile_name_stays_a_name() -> None:
    name = "\"'><rule action='accept'/>"
    assert parsed(nwfilter_xml.everything(name)).get("name") == name
