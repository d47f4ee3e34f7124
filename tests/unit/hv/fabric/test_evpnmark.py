from datetime import timedelta
from ipaddress import IPv4Interface

import pytest

from vipprov.guest.errors import HypervisorError
from vipprov.hv.fabric import evpnmark
from vipprov.hv.fabric.duplicates import Duplicates
from vipprov.hv.fabric.evpnspec import EvpnLab

LONGEST = EvpnLab(
    name="green",
    leafs=9,
    vnis=9,
    arp_suppression=True,
    arp_snooping=True,
    gateway=IPv4Interface("255.255.255.253/24"),
    ageing=timedelta(hours=1),
    duplicates=Duplicates(
        moves=1000, window=timedelta(seconds=1800), freeze=timedelta(seconds=3600)
    ),
)


@pytest.mark.parametrize("lab", [EvpnLab(), EvpnLab(name="blue", duplicates=None), LONGEST])
def test_what_is_written_is_read_again(lab: EvpnLab) -> None:
    assert evpnmark.read(evpnmark.text(lab)) == lab


def test_the_longest_mark_fits_into_an_alias() -> None:
    assert len(evpnmark.text(LONGEST)) <= evpnmark.LONGEST


@pytest.mark.parametrize("alias", ["", "uplink", "vipprov:lab:blue", "vipprov:evpn:blue"])
def test_other_aliases_are_no_marks(alias: str) -> None:
    assert evpnmark.read(alias) is None


@pytest.mark.parametrize("body", ["{", "{}", '{"leafs":"three"}', "[]"])
def test_a_mark_of_another_version_is_an_error_that_says_what_to_do(body: str) -> None:
    with pytest.raises(HypervisorError, match="blue") as raised:
        evpnmark.read(f"vipprov:evpn:blue {body}")
    assert "lab down" in raised.value.hint
