"""The bridge lab on this machine's own network, under names that nothing else has."""

import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from lab.client import ip, plugged
from lab.command import Ended, vipprov

pytestmark = pytest.mark.lab

NAME = "tlab"
LEAFS = tuple(f"{NAME}-leaf{number}" for number in (1, 2, 3))


def lab(verb: str, *arguments: str) -> Ended:
    return vipprov("lab", verb, "--name", NAME, "--json", *arguments)


def links() -> set[str]:
    return {path.name for path in Path("/sys/class/net").glob(f"{NAME}-*")}


@pytest.fixture
def clean() -> Iterator[None]:
    yield
    lab("down", "--force")
    subprocess.run(["ip", "link", "del", LEAFS[0]], check=False, capture_output=True)


@pytest.fixture
def running(clean: None) -> None:  # noqa: ARG001  it cleans up after this one
    done = lab("up")
    assert done.code == 0, done.err


@pytest.mark.usefixtures("clean")
def test_up_twice_changes_nothing_and_down_leaves_nothing() -> None:
    assert lab("up").document["outcome"] == "up"
    assert lab("up").document["outcome"] == "unchanged"
    assert [leaf["name"] for leaf in lab("status").document["leafs"]] == list(LEAFS)
    assert len(lab("down").document["removed"]) == 7
    assert links() == set()
    assert lab("status").code == 3
    assert lab("down").document["removed"] == []


@pytest.mark.usefixtures("running")
def test_hosts_on_different_leafs_reach_one_another_at_once() -> None:
    with plugged(LEAFS[0], "10.99.7.1/24") as one, plugged(LEAFS[2], "10.99.7.2/24"):
        assert one.pings("10.99.7.2")


@pytest.mark.usefixtures("running")
def test_this_machine_takes_no_part_in_the_lab() -> None:
    addresses = re.findall(r"inet ([\d.]+)/", ip("-4", "-o", "address", "show"))
    for link in (*LEAFS, f"{NAME}-spine"):
        assert ip("-o", "address", "show", "dev", link) == ""
        assert Path(f"/proc/sys/net/ipv6/conf/{link}/disable_ipv6").read_text() == "1\n"
    with plugged(LEAFS[0], "10.99.7.1/24") as client:
        for address in addresses:
            assert client.arp_answers(address, count=2) == []


@pytest.mark.usefixtures("running")
def test_a_lab_that_lost_a_part_is_completed() -> None:
    ip("link", "del", LEAFS[1])
    ip("link", "set", f"{NAME}-spine-3", "nomaster")
    assert lab("up").document["outcome"] == "up"
    with plugged(LEAFS[1], "10.99.7.1/24") as one, plugged(LEAFS[2], "10.99.7.2/24"):
        assert one.pings("10.99.7.2")


@pytest.mark.usefixtures("clean")
def test_a_bridge_of_others_is_used_said_so_and_left() -> None:
    ip("link", "add", LEAFS[0], "type", "bridge")
    state = lab("up").document
    assert [leaf["ours"] for leaf in state["leafs"]] == [False, True, True]
    assert all(leaf["trunked"] for leaf in state["leafs"])
    assert LEAFS[0] not in lab("down").document["removed"]
    assert LEAFS[0] in links()


@pytest.mark.usefixtures("running")
def test_a_lab_in_use_stays_unless_forced() -> None:
    with plugged(LEAFS[0], "10.99.7.1/24"):
        refused = lab("down")
        assert refused.code == 8
        assert LEAFS[0] in refused.err
        assert links().issuperset(LEAFS)
        assert lab("down", "--force").code == 0
    assert links().isdisjoint(LEAFS)
