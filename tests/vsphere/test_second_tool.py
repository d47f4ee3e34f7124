"""Two programs agree: what ansible sets we read, and what we set it reads.

Ansible sets the policies and we read them; then we give each port group the policy of its
neighbour and ansible reads that. So no port group is right for having been left alone.
"""

import os
from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from lab.command import vipprov
from switchgroups import ACCEPT
from vipprov.hv.switchgroup import OwnPolicy
from vsphere import secondtool
from vsphere.policies import ALL_INHERITED, DISTRIBUTED, STANDARD
from vsphere.reach import reached
from vsphere.secondtool import Told
from vsphere.simulator import Simulator, started

pytestmark = pytest.mark.vsphere

POLICIES = {f"std-{number}": own for number, own in enumerate(STANDARD)}
MANAGED = {f"dist-{number}": own for number, own in enumerate(DISTRIBUTED)}
MOVED = {
    **dict(zip(POLICIES, (*STANDARD[1:], STANDARD[0]), strict=True)),
    **dict(zip(MANAGED, (*DISTRIBUTED[1:], DISTRIBUTED[0]), strict=True)),
}
OPENED = {"std-opened": OwnPolicy(), "dist-opened": ALL_INHERITED}


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """What we read first, what ansible then read of what we had set, and what we read last."""

    first: dict[str, OwnPolicy]
    told: Told
    last: dict[str, OwnPolicy]


@pytest.fixture(scope="module")
def seen(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Seen]:
    notes = tmp_path_factory.mktemp("second")
    for simulator in started("vcenter", notes):
        tool = secondtool.made(simulator, notes)
        opened_standard = {"std-opened": secondtool.standard(OwnPolicy())}
        opened = {"dist-opened": secondtool.distributed(ALL_INHERITED)}
        tool.run(
            distributed=opened | {name: secondtool.distributed(MANAGED[name]) for name in MANAGED},
            standard=opened_standard
            | {name: secondtool.standard(POLICIES[name]) for name in POLICIES},
        )
        first = read(simulator)
        move(simulator)
        told = tool.run(
            expected=opened | {name: secondtool.distributed(MOVED[name]) for name in MANAGED},
            distributed=opened,
            standard=opened_standard,
        )
        yield Seen(first=first, told=told, last=read(simulator))


def read(simulator: Simulator) -> dict[str, OwnPolicy]:
    with reached(simulator) as found:
        return {group.name: group.own for group in found.groups.all()}


def move(simulator: Simulator) -> None:
    """Give each port group its neighbour's policy, and open two of them as a user does."""
    with reached(simulator) as found:
        for group in found.groups.all():
            if group.name in MOVED:
                found.groups.write(group, MOVED[group.name])
    environment = {**os.environ, **simulator.environment}
    for name in OPENED:
        permit = ("portgroup", "permit", name, "--on", simulator.url, "--mac-changes")
        assert vipprov(*permit, environment=environment).code == 0


@pytest.mark.parametrize("name", [*POLICIES, *MANAGED])
def test_what_ansible_sets_we_read(seen: Seen, name: str) -> None:
    assert seen.first[name] == (POLICIES | MANAGED)[name]


@pytest.mark.parametrize("name", POLICIES)
def test_what_we_set_on_a_standard_port_group_ansible_reads(seen: Seen, name: str) -> None:
    own = MOVED[name]
    words = (own.promiscuous, own.mac_changes, own.forged_transmits)
    expected = ["No override" if word is None else word is ACCEPT for word in words]
    assert seen.told.standard[name] == expected


@pytest.mark.parametrize("name", MANAGED)
def test_what_we_set_on_a_distributed_port_group_ansible_would_not_change(
    seen: Seen, name: str
) -> None:
    learnt = MOVED[name].learning
    assert seen.told.as_expected[name]
    assert learnt is not None
    assert seen.told.distributed[name]["mac_learning"]["enabled"] is bool(learnt.enabled)


def test_what_permit_opens_ansible_finds_open(seen: Seen) -> None:
    assert not seen.told.as_expected["dist-opened"]
    found = seen.told.distributed["dist-opened"]
    assert found["network_policy"] == {
        "promiscuous": False,
        "mac_changes": True,
        "forged_transmits": True,
    }
    assert found["mac_learning"]["enabled"]
    assert seen.told.standard["std-opened"] == [True, True, True]


def test_what_ansible_puts_back_we_read(seen: Seen) -> None:
    assert {name: seen.last[name] for name in OPENED} == OPENED
