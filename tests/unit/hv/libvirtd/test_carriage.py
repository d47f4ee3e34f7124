"""What a NIC is plugged into decides whether it can ever carry a virtual MAC."""

import pytest

from vipprov.guest.check import Verdict
from vipprov.hv.libvirtd import carriage, interface_xml, network_xml
from vipprov.hv.portgroup import Kind

PASS, FAIL, UNKNOWN = Verdict.PASS, Verdict.FAIL, Verdict.UNKNOWN
DEVICE = "<interface dev='eth1'/>"


def network(inner: str = "", attributes: str = "") -> network_xml.Network:
    return network_xml.network(f"<network {attributes}><name>n</name>{inner}</network>")


@pytest.mark.parametrize(
    ("inner", "verdict"),
    [
        ("<bridge name='virbr9'/>", PASS),
        ("<forward/><bridge name='virbr9'/>", PASS),
        ("<forward mode='route'/><bridge name='virbr9'/>", PASS),
        ("<forward mode='bridge'/><bridge name='leaf1'/>", PASS),
        ("<forward mode='bridge'/><bridge name='o'/><virtualport type='openvswitch'/>", UNKNOWN),
        (f"<forward mode='bridge'>{DEVICE}</forward>", FAIL),
        (f"<forward mode='vepa'>{DEVICE}</forward>", FAIL),
        (f"<forward mode='private'>{DEVICE}</forward>", FAIL),
        (f"<forward mode='passthrough'>{DEVICE}</forward>", PASS),
        ("<forward mode='hostdev'/>", UNKNOWN),
    ],
)
def test_network_is_judged_by_what_it_forwards_to(inner: str, verdict: Verdict) -> None:
    found = carriage.of_network(network(inner))
    assert (found.kind, found.verdict) == (Kind.NETWORK, verdict)
    assert bool(found.reason) is (verdict is not PASS)


def test_trust_in_its_guest_does_not_make_a_macvtap_carry_more() -> None:
    text = f"<forward mode='bridge'>{DEVICE}</forward>"
    assert carriage.of_network(network(text, "trustGuestRxFilters='yes'")).verdict is FAIL


@pytest.mark.parametrize(
    ("interface", "verdict"),
    [
        ("<interface type='bridge'><source bridge='leaf1'/></interface>", PASS),
        ("<interface type='bridge'><virtualport type='openvswitch'/></interface>", UNKNOWN),
        ("<interface type='direct'><source dev='eth1' mode='bridge'/></interface>", FAIL),
        ("<interface type='direct'><source dev='eth1'/></interface>", FAIL),
        ("<interface type='direct'><source dev='eth1' mode='passthrough'/></interface>", PASS),
        ("<interface type='user'/>", UNKNOWN),
        ("<interface type='network'><source network='gone'/></interface>", UNKNOWN),
    ],
)
def test_interface_is_judged_by_its_type(interface: str, verdict: Verdict) -> None:
    (found,) = interface_xml.interfaces(f"<domain><devices>{interface}</devices></domain>")
    assert carriage.of_interface(found, None).verdict is verdict


def test_bridge_whose_mac_table_is_libvirts_neither_learns_nor_floods() -> None:
    found = network("<bridge name='virbr9' macTableManager='libvirt'/>")
    assert (found.learning, found.flood) == (False, False)
    assert network("<bridge name='virbr9'/>").learning is None
