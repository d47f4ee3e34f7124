"""An audit of 10,000 port groups against plain bulk reading. Prints ratios; run it when idle.

.venv/bin/pytest -s -m bench tests/bench/test_vsphere_audit.py
"""

import os
import pty
import subprocess
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from time import monotonic

import pytest
from pyVmomi import vim

from lab.command import VIPPROV
from switchgroups import ACCEPT, REJECT
from vipprov.hv.switchgroup import OwnPolicy
from vipprov.hv.vsphere import policy
from vsphere.reach import Reached, reached
from vsphere.simulator import Simulator, started

pytestmark = [pytest.mark.bench, pytest.mark.timeout(900)]

COUNT, BATCH = 10_000, 1000
CONNECTED = """
import os, ssl, sys
from pyVim.connect import SmartConnect
from pyVmomi import vim, vmodl
host, port = sys.argv[1].partition("@")[2].split(":")
trusted = ssl.create_default_context(cafile=os.environ["VIPPROV_VSPHERE_CA"])
content = SmartConnect(host=host, port=int(port), user="administrator",
    pwd=os.environ["VCSIM_PASSWORD"], sslContext=trusted).RetrieveContent()
kind, spec = vim.dvs.DistributedVirtualPortgroup, vmodl.query.PropertyCollector
view = content.viewManager.CreateContainerView(content.rootFolder, [kind], True)
"""
PLAINLY = f"""{CONNECTED}
step = spec.TraversalSpec(name="v", path="view", skip=False, type=vim.view.ContainerView)
what = spec.FilterSpec(
    propSet=[spec.PropertySpec(type=kind, pathSet=["name", "config.defaultPortConfig"])],
    objectSet=[spec.ObjectSpec(obj=view, skip=True, selectSet=[step])])
found = content.propertyCollector.RetrieveContents([what])
print(len(found))
"""
NAIVELY = f"""{CONNECTED}
for group in view.view:
    config = group.config.defaultPortConfig
    print(group.name, config.macManagementPolicy is not None)
"""


@pytest.fixture(scope="module")
def crowd(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Simulator]:
    """Yield a vCenter with 10,000 port groups that say all that a real one says."""
    for simulator in started("vcenter", tmp_path_factory.mktemp("crowd")):
        with reached(simulator, seconds=800) as found:
            fill(found)
        yield simulator


def fill(found: Reached) -> None:
    reference = found.reference(found.group("open"))
    switch = found.session.call("look", lambda: reference.config.distributedVirtualSwitch)
    for first in range(0, COUNT, BATCH):
        specs = [spec(number) for number in range(first, first + BATCH)]
        found.session.call("add port groups", partial(switch.AddDVPortgroup_Task, specs))


def spec(number: int) -> object:
    """Return a port group with teaming, shaping and VLAN beside its policies."""
    vmware, port = vim.dvs.VmwareDistributedVirtualSwitch, vim.dvs.DistributedVirtualPort
    word = REJECT if number % 3 else ACCEPT
    own = OwnPolicy(promiscuous=word, mac_changes=REJECT, forged_transmits=word)
    flag = vim.BoolPolicy(inherited=False, value=False)
    amount = vim.LongPolicy(inherited=True, value=100_000_000)
    shaping = port.TrafficShapingPolicy(
        inherited=True,
        enabled=flag,
        averageBandwidth=amount,
        peakBandwidth=amount,
        burstSize=amount,
    )
    teaming = vmware.UplinkPortTeamingPolicy(
        inherited=True,
        policy=vim.StringPolicy(inherited=True, value="loadbalance_srcid"),
        reversePolicy=flag,
        notifySwitches=flag,
        rollingOrder=flag,
        failureCriteria=vmware.FailureCriteria(inherited=True, checkDuplex=flag, fullDuplex=flag),
        uplinkPortOrder=vmware.UplinkPortOrderPolicy(
            inherited=True, activeUplinkPort=["Uplink 1", "Uplink 2"]
        ),
    )
    setting = vmware.VmwarePortConfigPolicy(
        blocked=flag,
        inShapingPolicy=shaping,
        outShapingPolicy=shaping,
        vlan=vmware.VlanIdSpec(inherited=False, vlanId=number % 4094),
        uplinkTeamingPolicy=teaming,
        ipfixEnabled=flag,
        securityPolicy=policy.to_security(own),
        macManagementPolicy=policy.to_management(own),
    )
    return vim.dvs.DistributedVirtualPortgroup.ConfigSpec(
        name=f"crowd-{number:05d}", type="earlyBinding", defaultPortConfig=setting
    )


def test_audit_costs_a_part_of_plain_reading(crowd: Simulator) -> None:
    audit = [str(VIPPROV), "portgroup", "audit", crowd.url, "--json"]
    bulk = cost(crowd, [sys.executable, "-c", PLAINLY, crowd.url])
    ours = cost(crowd, audit)
    loop = cost(crowd, [sys.executable, "-c", NAIVELY, crowd.url])
    print(f"\naudit --json: {ours}\nbulk reading: {bulk}\none call per object: {loop}")
    print(f"ratios: {ours.seconds / bulk.seconds:.2f}, {ours.seconds / loop.seconds:.3f}")
    assert ours.seconds <= 0.40 * bulk.seconds
    assert ours.seconds <= 0.12 * loop.seconds
    assert ours.memory <= 120


def test_terminal_is_not_left_without_a_word(crowd: Simulator) -> None:
    terminal, end = pty.openpty()
    begun = monotonic()
    with subprocess.Popen(
        [VIPPROV, "portgroup", "audit", crowd.url],
        env={**os.environ, **crowd.environment},
        stdin=end,
        stdout=subprocess.DEVNULL,
        stderr=end,
    ) as process:
        os.close(end)
        word, after = os.read(terminal, 200), monotonic() - begun
        assert process.wait() == 1
    os.close(terminal)
    print(f"\nfirst word after {after:.2f} s: {word.decode().strip()}")
    assert after <= 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Cost:
    """The CPU seconds of a program, and the most memory that it took, in MiB."""

    seconds: float
    memory: int

    def __str__(self) -> str:
        return f"{self.seconds:.1f} s CPU, {self.memory} MiB"


def cost(simulator: Simulator, command: Sequence[str]) -> Cost:
    """Run a program to its end and return what it cost."""
    environment = {**os.environ, **simulator.environment}
    with subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL) as process:
        _, status, used = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    assert process.returncode in {0, 1}
    return Cost(seconds=used.ru_utime + used.ru_stime, memory=used.ru_maxrss // 1024)
