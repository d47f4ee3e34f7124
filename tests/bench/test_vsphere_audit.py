"""An audit of 10,000 port groups against plain bulk reading. Prints ratios; run it when idle.

.venv/bin/pytest -s -m bench tests/bench/test_vsphere_audit.py
"""

import os
import resource
import subprocess
import sys
from collections.abc import Iterator
from functools import partial

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
PLAINLY = """
import os, ssl, sys
from pyVim.connect import SmartConnect
from pyVmomi import vim, vmodl
host, port = sys.argv[1].partition("@")[2].split(":")
trusted = ssl.create_default_context(cafile=os.environ["VIPPROV_VSPHERE_CA"])
content = SmartConnect(host=host, port=int(port), user="administrator",
    pwd=os.environ["VCSIM_PASSWORD"], sslContext=trusted).RetrieveContent()
kind, spec = vim.dvs.DistributedVirtualPortgroup, vmodl.query.PropertyCollector
view = content.viewManager.CreateContainerView(content.rootFolder, [kind], True)
step = spec.TraversalSpec(name="v", path="view", skip=False, type=vim.view.ContainerView)
what = spec.FilterSpec(
    propSet=[spec.PropertySpec(type=kind, pathSet=["name", "config.defaultPortConfig"])],
    objectSet=[spec.ObjectSpec(obj=view, skip=True, selectSet=[step])])
found = content.propertyCollector.RetrieveContents([what])
print(len(found))
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


def test_audit_against_plain_bulk_reading(crowd: Simulator) -> None:
    audit = [str(VIPPROV), "portgroup", "audit", crowd.url, "--json"]
    theirs, their_memory = cost(crowd, [sys.executable, "-c", PLAINLY, crowd.url])
    ours, our_memory = cost(crowd, audit)
    print(f"\nplain bulk reading: {theirs:.1f} s CPU, {their_memory} MiB")
    print(f"audit --json: {ours:.1f} s CPU, {our_memory} MiB; ratio {ours / theirs:.2f}")


def cost(simulator: Simulator, command: list[str]) -> tuple[float, int]:
    """Return the CPU seconds of a program, and the most memory of any program so far."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    environment = {**os.environ, **simulator.environment}
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode in {0, 1}, done.stderr
    assert done.stdout
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    seconds = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return seconds, after.ru_maxrss // 1024
