"""Faults on a real pair: what comes of each, what is measured, and that all is healed afterwards.

One pair serves all tests; its fabric takes any number of moves, but for those tests that say so.
"""

import os
import signal
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from lab import containers
from lab.command import Ended, start, vipprov
from lab.conftest import document, write
from vipprov.guest.deadline import Deadline, SystemClock

pytestmark = [pytest.mark.lab, pytest.mark.usefixtures("leaves")]

NAME, GUESTS = "fov", ("fov-1", "fov-2")
VIP = "10.50.110.50"
INTERVAL = 100
"""Milliseconds between two adverts of the profile `fast`."""
CLOCK = SystemClock()


@pytest.fixture(scope="module", autouse=True)
def pair(tmp_path_factory: pytest.TempPathFactory, leaves: None) -> Iterator[Path]:  # noqa: ARG001  the bridges come first
    vip = {"addresses": [f"{VIP}/24"], "virtual_router_id": 110, "profile": "fast"}
    fabric = {"moves": 1000, "window": "180s"}
    made = document(NAME, number=60, vip=vip, fabric=fabric)
    path = write(tmp_path_factory.mktemp("pair") / "pair.yaml", made)
    try:
        created = vipprov("vm", "create", path)
        assert created.code == 0, created.err
        yield path
    finally:
        vipprov("vm", "destroy", NAME, "--yes")


def failed_over(fault: str, *options: str) -> Any:  # noqa: ANN401  a JSON document
    done = vipprov("failover", NAME, "--fault", fault, "--json", *options)
    assert done.code == 0, (done.out, done.err)
    return done.document


def only_run(told: Any) -> Any:  # noqa: ANN401  a JSON document
    (one,) = told["runs"]
    return one["there"]


def owner() -> str:
    (found,) = (name for name in GUESTS if containers.holds(name, VIP))
    return found


def demand_healthy() -> None:
    done = vipprov("verify", NAME, "--json")
    assert done.code == 0, (done.out, done.err)


def test_a_clean_stop_is_over_soon_and_moves_the_mac_once() -> None:
    before = owner()
    run = only_run(failed_over("stop"))
    assert (run["owner"], run["ending"]) == (before, "one owner")
    assert run["heir"] == owner() != before
    assert 0 < run["outage_ms"] <= 150
    assert len(run["during"]["moves"]) == 1
    assert run["detected_ms"] <= run["taken_ms"] + 1
    assert {view["port_group"] for view in run["during"]["views"]} == {"leaf1", "leaf2"}
    for view in run["during"]["views"]:
        assert view["macs"] == ["00:00:5e:00:01:6e"]
        assert (view["duplicates"], view["late"], view["dropped_here"]) == (0, 0, 0)
        assert 0 < view["lost"] <= view["outage_ms"] + 2


@pytest.mark.parametrize("fault", ["crash", "link"])
def test_an_owner_that_goes_without_a_word_is_missed_after_three_adverts(fault: str) -> None:
    run = only_run(failed_over(fault))
    assert run["ending"] == "one owner"
    assert run["outage_ms"] <= 3 * INTERVAL + 250
    assert len(run["during"]["moves"]) == 1
    demand_healthy()


@pytest.mark.parametrize("fault", ["hang", "isolate"])
def test_an_owner_that_lives_on_unheard_makes_two_owners_until_it_is_healed(fault: str) -> None:
    run = only_run(failed_over(fault))
    assert run["ending"] == "two owners"
    demand_healthy()


def test_a_frozen_owner_loses_no_packet_for_its_kernel_goes_on() -> None:
    run = only_run(failed_over("hang"))
    assert run["outage_ms"] == 0


def test_fewer_probes_know_the_outage_less_finely() -> None:
    told = failed_over("stop", "--every", "20")
    assert told["probed_every_ms"] == 20
    for view in only_run(told)["during"]["views"]:
        assert view["outage_ms"] >= 20 * view["lost"] - 5


def test_several_runs_and_the_way_back_give_a_spread() -> None:
    before = owner()
    told = failed_over("stop", "--count", "2", "--back")
    assert len(told["runs"]) == 2
    assert all(run["back"]["heir"] == before for run in told["runs"])
    assert 0 < told["outage_ms"]["median"] <= told["outage_ms"]["max"] <= 200


def test_an_interrupted_fault_is_healed() -> None:
    before = owner()
    process = start("failover", NAME, "--fault", "hang")
    by = Deadline.after(30, clock=CLOCK)
    by.poll(lambda: is_frozen(before) or None, what="the fault to strike", every=0.02)
    process.send_signal(signal.SIGINT)
    _, said = process.communicate(timeout=60)
    assert process.returncode == 130, said
    assert not is_frozen(before)
    by.poll(lambda: vipprov("verify", NAME).code == 0 or None, what="health", every=1)


@pytest.mark.parametrize("fault", ["hang", "link", "isolate"])
def test_a_fault_whose_command_is_killed_is_taken_back_at_once(fault: str) -> None:
    (heir,) = (name for name in GUESTS if name != owner())
    with start("failover", NAME, "--fault", fault) as process:
        by = Deadline.after(30, clock=CLOCK)
        by.poll(lambda: containers.holds(heir, VIP) or None, what="the fault to strike", every=0.02)
        process.kill()
    by = Deadline.after(20, clock=CLOCK)
    by.poll(lambda: vipprov("verify", NAME).code == 0 or None, what="health", every=0.5)


def test_a_fault_that_nobody_was_left_to_take_back_is_healed_by_the_next_create(pair: Path) -> None:
    before = owner()
    with start("failover", NAME, "--fault", "hang") as process:
        by = Deadline.after(30, clock=CLOCK)
        by.poll(lambda: is_frozen(before) or None, what="the fault to strike", every=0.02)
        os.kill(guard_of(process.pid), signal.SIGKILL)
        process.kill()
    refused = vipprov("switchover", NAME)
    assert refused.code == 1
    assert f"{before}: MASTER, keepalived is frozen" in refused.err
    assert "`vipprov vm create` with its pair file thaws it" in refused.err
    created = vipprov("vm", "create", pair)
    assert created.code == 0, created.err
    assert f"~ thaw keepalived in {before}" in created.err
    assert not is_frozen(before)
    demand_healthy()


def guard_of(pid: int) -> int:
    """Return the process that waits beside a fault for the end of the one that inflicted it."""
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    commands = {int(one): Path(f"/proc/{one}/cmdline").read_bytes() for one in children}
    (found,) = (one for one, command in commands.items() if b"vipprov.pipelines.guard" in command)
    return found


def is_frozen(name: str) -> bool:
    return "T" in containers.inside(name, "ps -o state= -C keepalived")


def test_an_unhealthy_pair_is_left_alone() -> None:
    (backup,) = (name for name in GUESTS if name != owner())
    containers.inside(backup, "systemctl stop keepalived")
    try:
        for command in (("failover", NAME, "--fault", "stop"), ("switchover", NAME)):
            done = vipprov(*command)
            assert done.code == 1
            assert "not healthy" in done.err
    finally:
        containers.inside(backup, "systemctl start keepalived")
    by = Deadline.after(20, clock=CLOCK)
    by.poll(lambda: vipprov("verify", NAME).code == 0 or None, what="health", every=1)


def switched(*options: str) -> Ended:
    return vipprov("switchover", NAME, "--json", *options)


def test_five_switchovers_lose_no_packet_and_move_the_mac_once_each() -> None:
    for _ in range(5):
        before = owner()
        done = switched()
        assert done.code == 0, (done.out, done.err)
        assert (done.document["lost"], done.document["mac_moves"]) == (0, 1)
        assert done.document["to"] == owner() != before
    demand_healthy()


def test_a_switchover_to_the_owner_changes_nothing() -> None:
    done = switched("--to", owner())
    assert done.code == 0
    assert done.document["changed"] is False
