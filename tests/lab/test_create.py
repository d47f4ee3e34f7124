"""`vm create` makes a pair whose virtual IP works, seen by a client of its own."""

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from lab import containers
from lab.client import Client, plugged
from lab.command import Ended, vipprov
from lab.conftest import document, write
from vipprov.guest.deadline import Deadline, SystemClock

pytestmark = [pytest.mark.lab, pytest.mark.usefixtures("leaves")]

VMAC = "00:00:5e:00:01:32"
VMAC6 = "00:00:5e:00:02:32"
VIP, VIP6 = "10.50.50.50", "fd00:50::50"
GUESTS = ("dual-1", "dual-2")
STRAY = "2001:db8:bad:"
ADVERTISING = Path(__file__).with_name("advertising.py")


def dual() -> dict[str, object]:
    vip = {"addresses": [f"{VIP}/24", f"{VIP6}/64"], "virtual_router_id": 50}
    guests = [
        {
            "name": name,
            "addresses": [f"10.50.50.5{number}/24", f"fd00:50::5{number}/64"],
            "port_group": f"leaf{number}",
        }
        for number, name in enumerate(GUESTS, start=1)
    ]
    return document("dual", vip=vip, guests=guests)


@pytest.fixture(scope="module")
def pair(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write(tmp_path_factory.mktemp("pair") / "dual.yaml", dual())


@pytest.fixture(scope="module")
def created(pair: Path, leaves: None) -> Iterator[Ended]:  # noqa: ARG001  the bridges come first
    try:
        yield vipprov("vm", "create", pair, "--json")
    finally:
        vipprov("vm", "destroy", "dual", "--yes")


@pytest.fixture(scope="module")
def client(created: Ended) -> Iterator[Client]:
    assert created.code == 0, created.err
    with plugged("leaf3", "10.50.50.99/24", "fd00:50::99/64") as one:
        yield one


def owners(address: str) -> list[str]:
    return [name for name in GUESTS if containers.holds(name, address)]


def test_create_ends_well_and_says_what_it_proved(created: Ended) -> None:
    assert created.code == 0, created.err
    assert created.document["result"] == "changed"
    assert {check["verdict"] for check in created.document["proof"]["checks"]} == {"pass"}


def test_arp_for_the_vip_is_answered_with_the_virtual_mac_alone(client: Client) -> None:
    answers = client.arp_answers(VIP)
    assert len(answers) >= 3
    assert set(answers) == {VMAC}


@pytest.mark.parametrize("address", [VIP, VIP6])
def test_vip_answers_pings_once_each(client: Client, address: str) -> None:
    assert client.pings(address)


def test_neighbour_discovery_finds_the_virtual_mac(client: Client) -> None:
    client.pings(VIP6)
    assert client.neighbour(VIP6) == VMAC6


@pytest.mark.parametrize("address", [VIP, VIP6])
def test_exactly_one_guest_holds_the_vip(client: Client, address: str) -> None:
    assert client.pings(address)
    assert len(owners(address)) == 1


def test_router_advertisement_gives_guests_nothing_that_nobody_asked_for(client: Client) -> None:
    with plugged("leaf2", "fe80::bad/64") as router:
        sent = router.run(sys.executable, str(ADVERTISING), "eth0", STRAY)
    assert sent.returncode == 0, sent.stderr
    by = Deadline.after(5, clock=SystemClock())
    by.poll(lambda: STRAY in client.run("ip", "-6", "route").stdout or None, what="the route")
    for name in GUESTS:
        assert STRAY not in containers.inside(name, "ip -6 route; ip -6 address")


def test_create_again_changes_nothing_and_restarts_nothing(pair: Path, client: Client) -> None:
    before = [containers.inside(name, "systemctl show -p MainPID keepalived") for name in GUESTS]
    again = vipprov("vm", "create", pair, "--json")
    after = [containers.inside(name, "systemctl show -p MainPID keepalived") for name in GUESTS]
    assert again.code == 0, again.err
    assert again.document["result"] == "unchanged"
    assert before == after
    assert client.pings(VIP)


def test_plan_of_an_unchanged_pair_is_empty(pair: Path, client: Client) -> None:  # noqa: ARG001
    planned = vipprov("vm", "plan", pair, "--exit-code", "--json")
    assert planned.code == 0, planned.err
    assert planned.document["actions"] == []


def test_death_of_the_master_moves_the_vip_with_the_mac_unchanged(client: Client) -> None:
    (old,) = owners(VIP)
    (heir,) = (name for name in GUESTS if name != old)
    containers.kill(old)
    by = Deadline.after(15, clock=SystemClock())
    by.poll(lambda: containers.holds(heir, VIP) or None, what=f"{heir} to take over")
    assert set(client.arp_answers(VIP)) == {VMAC}
    assert client.pings(VIP)


def test_create_brings_the_dead_guest_back(pair: Path, client: Client) -> None:
    healed = vipprov("vm", "create", pair, "--json")
    assert healed.code == 0, healed.err
    assert len(owners(VIP)) == 1
    assert client.pings(VIP)
