"""Hardening 500 port groups: what serves somebody is untouched, the rest is closed."""

import os
import signal
from collections.abc import Iterator

import pytest

from lab.command import Ended, start, vipprov
from switchgroups import ACCEPT
from vipprov.hv.switchgroup import GroupKind, Record, SwitchGroup
from vsphere.crowd import OPEN, add_groups, add_machines, whole_configurations
from vsphere.reach import reached
from vsphere.simulator import Simulator, started

pytestmark = pytest.mark.vsphere

COUNT = 500
PAIRS = [f"many-{number:03d}" for number in range(20)]
FOREIGN = [f"many-{number:03d}" for number in range(20, 40)]
OTHERS = [f"many-{number:03d}" for number in range(40, COUNT)]
VIRTUAL_MAC, NESTED_MAC = "00:00:5e:00:01:0a", "00:50:56:00:00:99"


@pytest.fixture(scope="module")
def crowded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Simulator]:
    """Yield a vCenter of its own with 500 open port groups: 20 serve pairs, 20 firewalls."""
    for simulator in started("vcenter", tmp_path_factory.mktemp("crowded")):
        with reached(simulator) as found:
            add_groups(found, [*PAIRS, *FOREIGN, *OTHERS])
            pairs = {f"{group}-{number}": group for group in PAIRS for number in (1, 2)}
            firewalls = {f"firewall-{group}": group for group in FOREIGN}
            add_machines(found, {**pairs, **firewalls, "idle": "many-499"})
            for group in found.groups.all():
                if group.name in PAIRS:
                    reason = f"for {group.name}-1"
                    record = Record(before=group.own, opened=group.own, reason=reason)
                    found.groups.remember(group, record)
            found.set(found.group("DC0_DVPG0"), OPEN)
        foreign = {name: [NESTED_MAC] for name in firewalls}
        simulator.order(foreign={**foreign, **{name: [VIRTUAL_MAC] for name in pairs}})
        yield simulator


def harden(simulator: Simulator, *options: str) -> tuple[str, ...]:
    return ("portgroup", "harden", simulator.url, "--yes", "--json", *options)


def hardened(simulator: Simulator, *options: str) -> Ended:
    environment = {**os.environ, **simulator.environment}
    return vipprov(*harden(simulator, *options), environment=environment)


def all_groups(simulator: Simulator) -> dict[str, SwitchGroup]:
    with reached(simulator) as found:
        return {group.key: group for group in found.groups.all()}


def test_killed_and_run_again_it_closes_what_serves_nobody_and_nothing_else(
    crowded: Simulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in crowded.environment.items():
        monkeypatch.setenv(name, value)
    before = all_groups(crowded)
    served = [key for key, group in before.items() if group.name in {*PAIRS, *FOREIGN}]
    with reached(crowded) as found:
        whole = whole_configurations(found, served)
    assert len(whole) == 40
    assert killed_midway(crowded) == -signal.SIGKILL
    midway = sum(group.own != before[key].own for key, group in all_groups(crowded).items())
    assert 0 < midway < len(OTHERS)
    done = hardened(crowded)
    assert done.code == 0, done.err
    with reached(crowded) as found:
        assert whole_configurations(found, served) == whole
    after = all_groups(crowded)
    assert {key: after[key] for key in served} == {key: before[key] for key in served}
    assert open_now(after) == {*PAIRS, *FOREIGN, "many-499", "DC0_DVPG0"}
    assert hardened(crowded).document["changes"] == []


def test_reason_is_told_for_each_that_stays_open(crowded: Simulator) -> None:
    skipped = hardened(crowded, "--dry-run").document["skipped"]
    reasons = {one["port_group"]: one["reason"] for one in skipped}
    assert reasons["many-000"].startswith("vipprov opened it for many-000-1")
    assert reasons["many-020"] == f"firewall-many-020 shows foreign MACs: {NESTED_MAC}"
    assert reasons["many-499"].startswith("machines are powered on: idle")


def test_named_and_forced_it_closes_the_port_group_of_a_pair_which_restore_still_gives_back(
    crowded: Simulator,
) -> None:
    before = open_now(all_groups(crowded))
    named = ("many-003", "many-023", "many-499")
    tried = hardened(crowded, *named, "--force", "--dry-run").document
    assert [one["opened"] for one in tried["cut_off"]] == ["for many-003-1"]
    done = hardened(crowded, *named, "--force")
    assert done.code == 0, done.err
    assert "WARNING: many-003 is open for many-003-1" in done.err
    after = all_groups(crowded)
    assert before - open_now(after) == {"many-003", "many-499"}
    on = ("--on", crowded.url)
    environment = {**os.environ, **crowded.environment}
    restored = vipprov("portgroup", "restore", "many-003", *on, environment=environment)
    assert restored.code == 0, restored.err
    assert "many-003" in open_now(all_groups(crowded))


def test_name_that_nothing_has_ends_with_3(crowded: Simulator) -> None:
    assert hardened(crowded, "many-000", "nonesuch", "--dry-run").code == 3


def open_now(groups: dict[str, SwitchGroup]) -> set[str]:
    ours = {GroupKind.STANDARD, GroupKind.DISTRIBUTED}
    return {
        group.name
        for group in groups.values()
        if group.kind in ours and group.effective.forged_transmits is ACCEPT
    }


def killed_midway(simulator: Simulator) -> int:
    """Run it until some port groups are closed, kill it, and return how it ended."""
    process = start(*harden(simulator))
    with reached(simulator) as found:
        group = found.group("many-100")
        found.session.by.poll(
            lambda: found.groups.read(group).own != group.own or None, what="the first changes"
        )
    process.kill()
    process.communicate()
    return process.returncode
