from datetime import timedelta
from ipaddress import IPv4Interface

import pytest

from vipprov.guest.errors import SpecError
from vipprov.hv.fabric.duplicates import Duplicates
from vipprov.hv.fabric.evpnspec import EvpnLab


def test_the_default_lab_has_plain_names_and_others_carry_their_own() -> None:
    assert [port.bridge for port in EvpnLab(leafs=2).ports] == ["leaf1", "leaf2"]
    assert [port.bridge for port in EvpnLab(name="blue", leafs=1).ports] == ["blue-leaf1"]


def test_further_vnis_have_bridges_with_a_letter() -> None:
    ports = EvpnLab(leafs=2, vnis=3).ports
    assert [(port.bridge, port.vni) for port in ports] == [
        ("leaf1", 100),
        ("leaf2", 100),
        ("leaf1b", 101),
        ("leaf2b", 101),
        ("leaf1c", 102),
        ("leaf2c", 102),
    ]


def test_every_name_fits_into_what_the_kernel_takes() -> None:
    lab = EvpnLab(name="green", leafs=9, vnis=9, gateway=IPv4Interface("10.1.1.1/24"))
    assert max(len(port.uplink) for port in lab.all_ports) <= 15


def test_only_a_lab_with_a_gateway_has_a_routed_network_on_its_last_leaf() -> None:
    assert EvpnLab().routed is None
    routed = EvpnLab(name="blue", gateway=IPv4Interface("10.1.1.1/24")).routed
    assert routed is not None
    assert (routed.bridge, routed.leaf) == ("blue-routed", 3)


def test_namespaces_of_a_lab_with_a_longer_name_are_not_its_own() -> None:
    lab = EvpnLab(name="blue")
    assert lab.owns("vipprov-blue-vtep1")
    assert lab.owns("vipprov-blue-spine")
    assert not lab.owns("vipprov-blue2-vtep1")
    assert not lab.owns("vipprov-blue-vtep1-mine")


@pytest.mark.parametrize("name", ["", "Lab", "toolong", "a b", "1st", "a/b", "..", "-"])
def test_a_name_that_would_not_fit_is_refused(name: str) -> None:
    with pytest.raises(SpecError):
        EvpnLab(name=name)


@pytest.mark.parametrize(("leafs", "vnis"), [(0, 1), (10, 1), (3, 0), (3, 10)])
def test_a_lab_has_a_sensible_number_of_leafs_and_vnis(leafs: int, vnis: int) -> None:
    with pytest.raises(SpecError):
        EvpnLab(leafs=leafs, vnis=vnis)


@pytest.mark.parametrize(
    "gateway", ["10.1.1.0/24", "10.1.1.255/24", "10.1.1.1/32", "100.64.0.9/16", "198.51.100.9/28"]
)
def test_a_gateway_is_a_host_of_a_network_that_the_lab_does_not_use(gateway: str) -> None:
    with pytest.raises(SpecError):
        EvpnLab(gateway=IPv4Interface(gateway))


@pytest.mark.parametrize(
    ("moves", "window", "freeze"), [(1, 180, None), (5, 1801, None), (5, 0, None), (5, 180, 29)]
)
def test_duplicate_detection_has_the_limits_of_frr(
    moves: int, window: int, freeze: int | None
) -> None:
    with pytest.raises(SpecError):
        Duplicates(
            moves=moves,
            window=timedelta(seconds=window),
            freeze=None if freeze is None else timedelta(seconds=freeze),
        )


def test_frr_counts_in_whole_seconds() -> None:
    with pytest.raises(SpecError, match="whole"):
        Duplicates(window=timedelta(milliseconds=2500))
