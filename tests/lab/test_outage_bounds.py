"""How long a remote client goes without the virtual IP, with the default profile, behind EVPN."""

from collections.abc import Iterator
from typing import Any

import pytest

from lab import evpnpair
from lab.command import vipprov
from vipprov.guest.pairfile import defaults

pytestmark = [pytest.mark.lab, pytest.mark.alone]

LAB, NAME, NUMBER = "bnd", "bound", 72
REMOTE = evpnpair.leafs(LAB)[2]
RUNS = 5
PROFILE = defaults.PROFILES[defaults.DEFAULT_PROFILE]
INTERVAL = PROFILE.advert_interval.total_seconds() * 1000
GRACEFUL, CRASHED = 100, 3 * INTERVAL + 100
"""Milliseconds that the median of the outages may come to."""


@pytest.fixture(scope="module", autouse=True)
def pair(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    with evpnpair.made(tmp_path_factory.mktemp("pair"), LAB, NAME, number=NUMBER):
        yield


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
