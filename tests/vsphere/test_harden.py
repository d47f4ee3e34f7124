"""Hardening 500 port groups: what serves somebody is untouched, the rest is closed."""

import os
import signal
from collections.abc import Iterator

import pytest
from pyVmomi import vim

from lab.command import start, vipprov
from switchgroups import ACCEPT
from vipprov.hv.switchgroup import GroupKind, OwnPolicy, Record
from vipprov.hv.vsphere import policy
from vsphere.reach import Reached, reached
from vsphere.simulator import Simulator, started

pytestmark = pytest.mark.vsphere

COUNT, OPENED, FOREIGN = 500, 20, 4
OPEN = OwnPolicy(promiscuous=ACCEPT, mac_changes=ACCEPT, forged_transmits=ACCEPT)


@pytest.fixture(scope="module")
def crowded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Simulator]:
    """Yield a vCenter of its own with 500 open port groups."""
    for simulator in started("vcenter", tmp_path_factory.mktemp("crowded")):
        with reached(simulator) as found:
            fill(found)
            for group in found.groups.all():
                if group.name < f"many-{OPENED:03d}" and group.name.startswith("many-"):
                    record = Record(before=group.own, opened=group.own, reason="for web-1")
                    found.groups.remember(group, record)
            found.set(found.group("DC0_DVPG0"), OPEN)
        simulator.order(foreign={"DC0_H0_VM0": ["00:00:5e:00:01:0a"]})
        yield simulator


def fill(found: Reached) -> None:
    reference = found.reference(found.group("open"))
    switch = found.session.call(
        "find the switch", lambda: reference.config.distributedVirtualSwitch
    )
    setting = vim.dvs.VmwareDistributedVirtualSwitch.VmwarePortConfigPolicy(
        securityPolicy=policy.to_security(OPEN), macManagementPolicy=policy.to_management(OPEN)
    )
    specs = [
        vim.dvs.DistributedVirtualPortgroup.ConfigSpec(
            name=f"many-{number:03d}", type="earlyBinding", numPorts=1, defaultPortConfig=setting
        )
        for number in range(COUNT)
    ]
    found.session.call("add port groups", lambda: switch.AddDVPortgroup_Task(specs))
    found.session.by.poll(
        lambda: sum(one.name.startswith("many-") for one in found.groups.all()) == COUNT or None,
        what="the port groups",
    )


def harden(simulator: Simulator, *options: str) -> tuple[str, ...]:
    return ("portgroup", "harden", simulator.url, "--yes", "--json", *options)


def test_killed_and_run_again_it_closes_what_serves_nobody_and_nothing_else(
    crowded: Simulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in crowded.environment.items():
        monkeypatch.setenv(name, value)
    with reached(crowded) as found:
        before = {group.key: group for group in found.groups.all()}
    assert killed_midway(crowded) == -signal.SIGKILL
    with reached(crowded) as found:
        midway = sum(group.own != before[group.key].own for group in found.groups.all())
    assert 0 < midway < COUNT - OPENED
    done = vipprov(*harden(crowded), environment=dict(os.environ))
    assert done.code == 0, done.err
    with reached(crowded) as found:
        after = {group.key: group for group in found.groups.all()}
    many = [group for group in after.values() if group.name.startswith("many-")]
    stayed = [group for group in many if group.own == before[group.key].own]
    assert sorted(group.name for group in stayed) == [f"many-{n:03d}" for n in range(OPENED)]
    assert [before[group.key] for group in stayed] == stayed
    (evidence,) = [one for one in done.document["skipped"] if one["port_group"] == "DC0_DVPG0"]
    assert "00:00:5e:00:01:0a" in evidence["reason"]
    ours = {GroupKind.STANDARD, GroupKind.DISTRIBUTED}
    open_now = {
        group.name
        for group in after.values()
        if group.kind in ours and group.effective.forged_transmits is ACCEPT
    }
    assert open_now == {"DC0_DVPG0", *(group.name for group in stayed)}
    assert vipprov(*harden(crowded), environment=dict(os.environ)).document["changes"] == []


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
