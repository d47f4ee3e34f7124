"""What else the lab has that a bridge of this machine is of."""

from ipaddress import IPv4Interface

from vipprov.hv.fabric import evpnplace
from vipprov.hv.fabric.evpnspec import ROUTED_GATEWAY, EvpnLab

LAB = EvpnLab(name="blue", vnis=2, gateway=IPv4Interface("10.50.50.1/24"))


def test_the_fellows_of_a_leaf_are_those_of_its_vni() -> None:
    assert evpnplace.leafs_of_vni(LAB, "blue-leaf2b") == (
        "blue-leaf1b",
        "blue-leaf2b",
        "blue-leaf3b",
    )
    assert evpnplace.leafs_of_vni(LAB, "leaf1") == ()


def test_only_routed_clients_have_another_networks_gateway() -> None:
    assert evpnplace.gateway(LAB, "blue-routed") == ROUTED_GATEWAY
    assert evpnplace.gateway(LAB, "blue-leaf1") is None
    assert evpnplace.gateway(EvpnLab(name="blue"), "blue-routed") is None


def test_a_device_of_others_is_of_no_lab() -> None:
    assert evpnplace.lab("lo") is None
    assert evpnplace.lab("not-there") is None
