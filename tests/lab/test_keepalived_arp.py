"""Who has the virtual address: what the neighbours of a real pair learn."""

from collections.abc import Iterator

import pytest

from factories import dual_stack_pair
from keepalived_members import Member, members
from vipprov.guest import render
from vipprov.guest.vrrp import instances

pytestmark = pytest.mark.lab

PAIR = dual_stack_pair()
VIPS = [
    (str(address.ip), mac.mac)
    for mac in instances(PAIR, PAIR.guests[0])
    for address in mac.addresses
]


@pytest.fixture(scope="module")
def lan(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Member]]:
    addresses = {
        guest.name: [address.with_prefixlen for address in guest.addresses] for guest in PAIR.guests
    }
    addresses["client"] = ["10.50.50.99/24", "2001:db8:50::99/64"]
    with members(tmp_path_factory.mktemp("arp"), addresses) as made:
        # One after the other: 4 ms of skew between their priorities decide nothing under load.
        for guest, role in zip(PAIR.guests, ("MASTER", "BACKUP"), strict=True):
            made[guest.name].write(render.configuration(PAIR, guest))
            made[guest.name].start()
            for instance in ("web", "web-v6"):
                made[guest.name].await_role(instance, role)
        yield made


def learnt(client: Member, vip: str) -> str:
    return client.do("ip", "neigh", "show", vip)


@pytest.mark.parametrize(("vip", "mac"), VIPS)
def test_client_that_asks_for_the_vip_learns_the_virtual_mac(
    lan: dict[str, Member], vip: str, mac: str
) -> None:
    lan["client"].do("ip", "neigh", "flush", "all")
    lan["client"].do("ping", "-c", "1", "-W", "3", vip)
    assert f"lladdr {mac} " in learnt(lan["client"], vip)


@pytest.mark.parametrize(("vip", "mac"), VIPS)
def test_owner_that_speaks_first_from_the_vip_does_not_tell_the_mac_of_its_nic(
    lan: dict[str, Member], vip: str, mac: str
) -> None:
    lan["client"].do("ping", "-c", "1", "-W", "3", vip)
    client = "2001:db8:50::99" if ":" in vip else "10.50.50.99"
    lan["web-1"].do("ip", "neigh", "flush", "all")
    lan["web-1"].do("ping", "-c", "1", "-W", "3", "-I", vip, client)
    assert f"lladdr {mac} " in learnt(lan["client"], vip)


@pytest.mark.parametrize("guest", ["web-1", "web-2"])
def test_settings_hold_on_the_virtual_mac_of_owner_and_backup(
    lan: dict[str, Member], guest: str
) -> None:
    keys = [f"net.ipv4.conf.vrrp/50.{key}" for key in ("arp_ignore", "arp_announce", "rp_filter")]
    assert lan[guest].do("sysctl", "-n", *keys).split() == ["1", "2", "0"]


@pytest.mark.parametrize(("vip", "mac"), VIPS)
def test_one_guest_owns_the_vip(lan: dict[str, Member], vip: str, mac: str) -> None:
    assert [lan[guest.name].holds(vip) for guest in PAIR.guests] == [True, False], mac
