from dataclasses import replace
from ipaddress import ip_interface
from typing import Any

import yaml

from cloudinit_values import dual_stack_pair, pair
from vipprov.cloudinit import network
from vipprov.cloudinit.network import NicNaming
from vipprov.guest.pair import Pair


def test_container_nic_is_known_by_its_name() -> None:
    assert "match" not in nics(pair())["eth0"]


def test_machine_nic_is_known_by_its_mac_and_gets_its_name() -> None:
    (nic,) = nics(pair(), NicNaming.BY_MAC).values()
    assert nic["match"] == {"macaddress": "52:54:00:50:00:01"}
    assert nic["set-name"] == "eth0"


def test_machine_nics_come_before_what_an_image_has_for_any_nic() -> None:
    keys = nics(dual_stack_pair(), NicNaming.BY_MAC).keys()
    assert sorted([*keys, "all-en", "all-eth"])[-2:] == ["all-en", "all-eth"]


def test_ipv4_default_route_is_spelt_for_old_renderers() -> None:
    assert nics(pair())["eth0"]["routes"] == [{"to": "0.0.0.0/0", "via": "10.50.50.1"}]


def test_ipv6_default_route_goes_by_halves() -> None:
    routes = nics(dual_stack_pair())["ens192"]["routes"]
    assert [route["to"] for route in routes if ":" in route["via"]] == ["::/1", "8000::/1"]


def test_no_gateway_and_no_name_server_are_not_mentioned() -> None:
    nic = nics(replace(pair(), gateways=(), dns=()))["eth0"]
    assert nic.keys().isdisjoint({"routes", "nameservers"})


def test_boot_waits_for_the_nic_of_the_virtual_ip_and_for_no_other() -> None:
    whole = dual_stack_pair()
    first = replace(whole.guests[0], management_addresses=(ip_interface("192.0.2.5/24"),))
    assert "optional" not in nics(whole)["ens192"]
    assert nics(whole)["eth1"]["optional"] is True
    assert nics(replace(whole, guests=(first, whole.guests[1])))["eth1"]["optional"] is True


def test_nothing_is_learnt_from_the_network() -> None:
    nic = nics(pair())["eth0"]
    assert nic["dhcp4"] is nic["dhcp6"] is nic["accept-ra"] is False


def test_management_nic_asks_dhcp_and_its_default_route_comes_second() -> None:
    nic = nics(dual_stack_pair())["eth1"]
    assert nic["dhcp4"] is True
    assert nic["dhcp4-overrides"] == {"route-metric": 1000}


def test_management_nic_with_addresses_asks_nobody() -> None:
    whole = dual_stack_pair()
    first = replace(whole.guests[0], management_addresses=(ip_interface("192.0.2.5/24"),))
    nic = nics(replace(whole, guests=(first, whole.guests[1])))["eth1"]
    assert nic["dhcp4"] is False
    assert nic["addresses"] == ["192.0.2.5/24"]


def test_management_nic_never_takes_the_name_of_the_other() -> None:
    assert replace(pair(), interface="eth1").management_interface == "eth0"


def nics(of: Pair, naming: NicNaming = NicNaming.BY_NAME) -> dict[str, dict[str, Any]]:
    document: dict[str, Any] = yaml.safe_load(network.document(of, of.guests[0], naming))
    assert document["version"] == 2
    nics: dict[str, dict[str, Any]] = document["ethernets"]
    return nics
