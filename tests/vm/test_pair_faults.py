"""Faults on a pair of virtual machines: what comes of each, and that all is healed afterwards."""

from typing import Any

import pytest

from lab.command import vipprov
from vm.conftest import NAME, ON, VMAC, Pair, peer_of

pytestmark = [pytest.mark.vm, pytest.mark.long, pytest.mark.alone, pytest.mark.timeout(900)]

# An advert a second, missed three times, and then some: the processor is emulated.
MISSED_MS = 6000


# An emulated guest has no time for a thousand questions a second and its own work.
EVERY = ("--every", "10")


def failed_over(fault: str) -> Any:  # noqa: ANN401  a JSON document
    done = vipprov("failover", NAME, *ON, "--fault", fault, *EVERY, "--json")
    assert done.code == 0, (done.out, done.err)
    (run,) = done.document["runs"]
    return run["there"]


@pytest.mark.parametrize("fault", ["stop", "link", "power", "crash"])
def test_owner_that_goes_is_followed_by_its_peer_with_one_move(pair: Pair, fault: str) -> None:
    before = pair.owner()
    run = failed_over(fault)
    demand_followed(run, before)
    assert run["heir"] == pair.owner()


def demand_followed(run: Any, owner: str) -> None:  # noqa: ANN401  a JSON document
    assert (run["owner"], run["ending"], run["heir"]) == (owner, "one owner", peer_of(owner))
    assert 0 < run["outage_ms"] < MISSED_MS
    assert len(run["during"]["moves"]) == 1
    assert all(view["macs"] == [VMAC] for view in run["during"]["views"])


def test_frozen_owner_makes_two_and_loses_nothing(pair: Pair) -> None:
    before = pair.owner()
    run = failed_over("hang")
    assert (run["owner"], run["ending"], run["heir"]) == (before, "two owners", peer_of(before))
    assert all(view["lost"] == 0 for view in run["during"]["views"])


def test_owner_that_is_cut_off_makes_two_until_it_is_heard_again(pair: Pair) -> None:
    before = pair.owner()
    run = failed_over("isolate")
    assert (run["owner"], run["ending"], run["heir"]) == (before, "two owners", peer_of(before))
    assert 0 < run["outage_ms"] < MISSED_MS
    assert pair.owner()  # one guest alone has the address again


def test_switchover_loses_no_packet_and_moves_the_mac_once(pair: Pair) -> None:
    before = pair.owner()
    done = vipprov("switchover", NAME, *ON, "--json")
    assert done.code == 0, (done.out, done.err)
    assert (done.document["lost"], done.document["mac_moves"]) == (0, 1)
    assert done.document["to"] == pair.owner() != before
