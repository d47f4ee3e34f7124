"""network-config as cloud-init's own renderers understand it."""

import subprocess
from collections.abc import Iterator
from dataclasses import replace
from ipaddress import ip_interface
from pathlib import Path

import pytest
import yaml

from cloudinit_values import dual_stack_pair, pair
from vipprov.cloudinit import network, schema
from vipprov.cloudinit.network import NicNaming
from vipprov.guest.pair import Pair

pytestmark = [
    pytest.mark.real,
    pytest.mark.skipif(not schema.PROGRAM.exists(), reason="cloud-init is not installed"),
]

Section = tuple[str, frozenset[str]]


def test_networkd_gets_addresses_routes_and_name_servers(tmp_path: Path) -> None:
    units = networkd(tmp_path, dual_stack_pair(), NicNaming.BY_NAME)
    assert units["ens192"] == {
        ("Match", frozenset({"Name=ens192"})),
        ("Network", frozenset({"DHCP=no", "DNS=10.50.50.1"})),
        ("Address", frozenset({"Address=10.50.50.51/24"})),
        ("Address", frozenset({"Address=2001:db8:50::51/64"})),
        ("Route", frozenset({"Destination=0.0.0.0/0", "Gateway=10.50.50.1"})),
        ("Route", frozenset({"Destination=::/1", "Gateway=2001:db8:50::1"})),
        ("Route", frozenset({"Destination=8000::/1", "Gateway=2001:db8:50::1"})),
    }


def test_networkd_asks_dhcp_on_the_management_nic_with_its_route_second(tmp_path: Path) -> None:
    assert networkd(tmp_path, dual_stack_pair(), NicNaming.BY_NAME)["eth1"] == {
        ("Match", frozenset({"Name=eth1"})),
        ("Network", frozenset({"DHCP=ipv4"})),
        ("DHCPv4", frozenset({"RouteMetric=1000"})),
    }


def test_networkd_knows_a_machines_nic_by_its_mac(tmp_path: Path) -> None:
    units = networkd(tmp_path, dual_stack_pair(), NicNaming.BY_MAC)
    match = ("Match", frozenset({"Name=ens192", "MACAddress=52:54:00:50:00:01"}))
    assert match in units["ens192"]


def test_networkd_takes_a_guest_without_gateway_and_name_server(tmp_path: Path) -> None:
    units = networkd(tmp_path, replace(pair(), gateways=(), dns=()), NicNaming.BY_NAME)
    assert units == {
        "eth0": {
            ("Match", frozenset({"Name=eth0"})),
            ("Network", frozenset({"DHCP=no"})),
            ("Address", frozenset({"Address=10.50.50.51/24"})),
        }
    }


def test_networkd_takes_an_address_on_the_management_nic(tmp_path: Path) -> None:
    whole = dual_stack_pair()
    first = replace(whole.guests[0], management_addresses=(ip_interface("192.0.2.5/24"),))
    units = networkd(tmp_path, replace(whole, guests=(first, whole.guests[1])), NicNaming.BY_NAME)
    assert ("Address", frozenset({"Address=192.0.2.5/24"})) in units["eth1"]


@pytest.mark.parametrize("naming", NicNaming)
def test_netplan_gets_the_document_as_it_is(tmp_path: Path, naming: NicNaming) -> None:
    out = rendered(tmp_path, dual_stack_pair(), naming, "netplan", "ubuntu")
    got = yaml.safe_load((out / "etc/netplan/50-cloud-init.yaml").read_text())
    assert got["network"] == yaml.safe_load(document(dual_stack_pair(), naming))


@pytest.mark.parametrize("naming", NicNaming)
def test_ifupdown_gets_the_default_routes(tmp_path: Path, naming: NicNaming) -> None:
    out = rendered(tmp_path, dual_stack_pair(), naming, "eni", "debian")
    text = (out / "etc/network/interfaces.d/50-cloud-init").read_text()
    assert "route add default gw 10.50.50.1" in text
    assert "route add -A inet6 ::/1 gw 2001:db8:50::1" in text
    assert "route add -A inet6 8000::/1 gw 2001:db8:50::1" in text


@pytest.mark.parametrize("naming", NicNaming)
def test_red_hats_files_get_the_default_routes(tmp_path: Path, naming: NicNaming) -> None:
    out = rendered(tmp_path, dual_stack_pair(), naming, "sysconfig", "rhel")
    scripts = out / "etc/sysconfig/network-scripts"
    assert "GATEWAY=10.50.50.1\n" in (scripts / "ifcfg-ens192").read_text()
    assert "8000::/1 via 2001:db8:50::1" in (scripts / "route6-ens192").read_text()


def networkd(folder: Path, of: Pair, naming: NicNaming) -> dict[str, set[Section]]:
    """Return the sections of each NIC's unit."""
    units = rendered(folder, of, naming, "networkd", "debian") / "etc/systemd/network"
    prefix = "10-cloud-init-"
    return {
        unit.stem.removeprefix(prefix): set(sections(unit.read_text()))
        for unit in units.glob(f"{prefix}*.network")
    }


def sections(text: str) -> Iterator[Section]:
    for block in text.split("[")[1:]:
        name, _, body = block.partition("]")
        yield name, frozenset(line for line in body.splitlines() if line)


def rendered(folder: Path, of: Pair, naming: NicNaming, renderer: str, distro: str) -> Path:
    """Return the folder that cloud-init has put the renderer's files into."""
    source, out = folder / "network-config", folder / "out"
    source.write_text(document(of, naming))
    out.mkdir()
    what: list[str | Path] = ["-p", source, "-k", "yaml", "-d", out, "-D", distro, "-O", renderer]
    subprocess.run([schema.PROGRAM, "devel", "net-convert", *what], capture_output=True, check=True)
    return out


def document(of: Pair, naming: NicNaming) -> str:
    return network.document(of, of.guests[0], naming)
