from datetime import timedelta
from ipaddress import IPv4Interface

import pytest

import schemas
from vipprov.guest.errors import SpecError
from vipprov.hv.fabric.duplicates import Duplicates
from vipprov.hv.fabric.evpnlab import Up
from vipprov.hv.fabric.evpnspec import EvpnLab
from vipprov.pipelines import labs
from vipprov.pipelines.labs import Wishes


def test_no_wishes_make_the_default_lab() -> None:
    assert labs.evpn("lab", 3, Wishes()) == EvpnLab()


def test_wishes_are_read() -> None:
    wishes = Wishes(
        vnis=2,
        arp_suppression=True,
        gateway="10.50.50.1/24",
        moves=3,
        window="3m",
        freeze="300s",
        ageing="10s",
    )
    assert labs.evpn("blue", 2, wishes) == EvpnLab(
        name="blue",
        leafs=2,
        vnis=2,
        arp_suppression=True,
        gateway=IPv4Interface("10.50.50.1/24"),
        duplicates=Duplicates(moves=3, window=timedelta(minutes=3), freeze=timedelta(seconds=300)),
        ageing=timedelta(seconds=10),
    )


def test_no_moves_switch_detection_off() -> None:
    assert labs.evpn("blue", 2, Wishes(moves=0)).duplicates is None


@pytest.mark.parametrize(
    ("wishes", "option"),
    [
        (Wishes(window="180"), "--dup-window"),
        (Wishes(freeze="soon"), "--dup-freeze"),
        (Wishes(ageing="10"), "--ageing"),
        (Wishes(gateway="10.50.50"), "--anycast-gateway"),
    ],
)
def test_a_mistake_names_its_option_and_what_to_write(wishes: Wishes, option: str) -> None:
    with pytest.raises(SpecError, match=option) as raised:
        labs.evpn("blue", 2, wishes)
    assert raised.value.hint.startswith("Write ")


def test_a_bridge_lab_refuses_what_only_evpn_has() -> None:
    labs.demand_none(Wishes())
    with pytest.raises(SpecError):
        labs.demand_none(Wishes(arp_suppression=True))


def test_a_lab_that_is_up_tells_where_to_plug_in() -> None:
    lab = EvpnLab(name="blue", leafs=1, gateway=IPv4Interface("10.50.50.1/24"))
    made = Up(lab=lab, changed=True)
    schemas.require("lab-up", labs.document(made, "up"), closed=True)
    assert labs.document(made, "up")["leafs"] == [{"name": "blue-leaf1", "leaf": 1, "vni": 100}]
    assert labs.document(made, "up")["routed"] == "blue-routed"
    assert "blue-routed  198.51.100.0/24, gateway 198.51.100.1" in labs.text(made, "up")
