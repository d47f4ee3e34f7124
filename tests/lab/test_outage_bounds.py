"""How long a remote client goes without the virtual IP, with the default profile, behind EVPN."""

from collections.abc import Iterator
from typing import Any

import pytest

from lab.command import vipprov
from lab.conftest import document, write
from lab.evpnlabs import lab
from vipprov.guest.pairfile import defaults

pytestmark = [pytest.mark.lab, pytest.mark.alone]

LAB, NAME, NUMBER = "bnd", "bound", 72
LEAFS = tuple(f"{LAB}-leaf{number}" for number in (1, 2, 3))
REMOTE = LEAFS[2]
RUNS = 5
PROFILE = defaults.PROFILES[defaults.DEFAULT_PROFILE]
INTERVAL = PROFILE.advert_interval.total_seconds() * 1000
GRACEFUL, CRASHED = 100, 3 * INTERVAL + 100
"""Milliseconds that the median of the outages may come to."""


@pytest.fixture(scope="module", autouse=True)
def pair(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Make a pair of the default profile, on a lab that calls no MAC a duplicate."""
    net = f"10.50.{50 + NUMBER}"
    guests = [
        {"name": f"{NAME}-{at}", "addresses": [f"{net}.{50 + at}/24"], "port_group": LEAFS[at - 1]}
        for at in (1, 2)
    ]
    made = document(
        NAME,
        number=NUMBER,
        port_group=LEAFS[0],
        vip={"addresses": [f"{net}.50/24"], "virtual_router_id": 50 + NUMBER},
        guests=guests,
        fabric={"moves": 1000, "window": "180s"},
    )
    path = write(tmp_path_factory.mktemp("pair") / "pair.yaml", made)
    try:
        up = lab("up", "--kind", "evpn", "--dup-moves", "0", name=LAB)
        assert up.code == 0, up.err
        created = vipprov("vm", "create", path)
        assert created.code == 0, (created.out, created.err)
        yield
    finally:
        vipprov("vm", "destroy", NAME, "--yes")
        lab("down", "--force", name=LAB)


def from_remote(fault: str) -> Any:  # noqa: ANN401  a JSON document
    """Return how the outages that a client at the third leaf had are spread."""
    options = ("--fault", fault, "--count", str(RUNS), "--from", REMOTE, "--json")
    done = vipprov("failover", NAME, *options)
    assert done.code == 0, (done.out, done.err)
    assert len(done.document["runs"]) == RUNS
    return done.document["outage_ms_from"][REMOTE]


def test_a_clean_stop_costs_a_remote_client_no_more_than_a_tenth_of_a_second() -> None:
    assert 0 < from_remote("stop")["median"] <= GRACEFUL


def test_a_crash_costs_a_remote_client_three_adverts_and_a_tenth_of_a_second() -> None:
    # The last advert left up to an interval before the crash.
    assert 2 * INTERVAL - 100 < from_remote("crash")["median"] <= CRASHED
