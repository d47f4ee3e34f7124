"""What our simulator adds to the stock one behaves as VMware's API reference says."""

from collections.abc import Iterator
from typing import Any

import pytest
from pyVmomi import vim, vmodl

from switchgroups import ACCEPT
from vipprov.hv.switchgroup import OwnPolicy
from vipprov.hv.vsphere import collect, policy
from vsphere.reach import Reached, reached
from vsphere.simulator import Simulator

pytestmark = pytest.mark.vsphere

PORT_CONFIG = vim.dvs.VmwareDistributedVirtualSwitch.VmwarePortConfigPolicy


@pytest.fixture
def found(simulator: Simulator) -> Iterator[Reached]:
    with reached(simulator) as open_:
        yield open_


def ended(found: Reached, task: Any) -> list[str]:  # noqa: ANN401
    """Return the states that a task is seen in, in their order."""
    seen: list[str] = []

    def look() -> bool | None:
        state = str(task.info.state)
        if state not in seen:
            seen.append(state)
        return state in {"success", "error"} or None

    found.session.by.poll(look, what="the task", every=0.002)
    return seen


def test_task_is_queued_or_runs_before_it_ends(found: Reached) -> None:
    reference = found.reference(found.group("learning"))
    spec = vim.dvs.DistributedVirtualPortgroup.ConfigSpec(description="x")
    states = ended(found, reference.ReconfigureDVPortgroup_Task(spec))
    assert states[0] in {"queued", "running"}
    assert states[-1] == "success"


def test_reconfiguring_keeps_what_the_specification_leaves_unset(found: Reached) -> None:
    group = found.group("learning")
    reference = found.reference(group)
    before = reference.config
    spec = vim.dvs.DistributedVirtualPortgroup.ConfigSpec(
        configVersion=before.configVersion, description="only this"
    )
    assert ended(found, reference.ReconfigureDVPortgroup_Task(spec))[-1] == "success"
    after = reference.config
    assert (after.description, after.name, after.numPorts) == ("only this", before.name, 8)
    assert str(after.defaultPortConfig) == str(before.defaultPortConfig)
    assert after.configVersion != before.configVersion


def test_old_version_of_the_configuration_is_refused(found: Reached) -> None:
    reference = found.reference(found.group("learning"))
    spec = vim.dvs.DistributedVirtualPortgroup.ConfigSpec(configVersion="0", description="late")
    task = reference.ReconfigureDVPortgroup_Task(spec)
    assert ended(found, task)[-1] == "error"
    assert isinstance(task.info.error, vim.fault.ConcurrentAccess)


def test_standard_port_group_inherits_from_its_switch_what_it_does_not_say(found: Reached) -> None:
    host = found.reference(found.group("VM Network", "DC0_C0_H0"))
    system = host.configManager.networkSystem
    (switch,) = host.config.network.vswitch
    before = switch.spec
    wanted = host.config.network.vswitch[0].spec
    wanted.policy.security = policy.to_standard(OwnPolicy(promiscuous=ACCEPT))
    try:
        system.UpdateVirtualSwitch(switch.name, wanted)
        effective = found.group("VM Network", "DC0_C0_H0").effective
    finally:
        system.UpdateVirtualSwitch(switch.name, before)
    assert effective.promiscuous is ACCEPT
    assert found.group("VM Network", "DC0_C0_H0").effective.promiscuous is not ACCEPT


def test_single_port_takes_settings_of_its_own(found: Reached) -> None:
    reference = found.reference(found.group("learning"))
    switch = reference.config.distributedVirtualSwitch
    criteria = vim.dvs.PortCriteria(portgroupKey=[reference.key])
    port = switch.FetchDVPorts(criteria)[0]
    setting = PORT_CONFIG(securityPolicy=policy.to_security(OwnPolicy(promiscuous=ACCEPT)))
    spec = vim.dvs.DistributedVirtualPort.ConfigSpec(
        operation="edit", key=port.key, setting=setting
    )
    assert ended(found, switch.ReconfigureDVPort_Task([spec]))[-1] == "success"
    settings = {one.key: one.config.setting for one in switch.FetchDVPorts(criteria)}
    own, _ = policy.from_security(settings[port.key].securityPolicy)
    assert own.promiscuous is ACCEPT


def test_long_answers_come_in_pages(found: Reached) -> None:
    kind = vim.VirtualMachine
    whole = collect.everything(found.session, kind, ["name"], page=1000)
    assert len(whole) > 3
    assert collect.everything(found.session, kind, ["name"], page=1) == whole
    streamed = collect.very_many(found.session, kind, ["name"], page=1)
    assert [(one.key, one["name"]) for one in streamed] == [(o.key, o["name"]) for o in whole]


def test_page_that_nobody_has_is_refused(found: Reached) -> None:
    collector = found.session.content.propertyCollector
    with pytest.raises(vmodl.fault.InvalidArgument):
        collector.ContinueRetrievePropertiesEx("nonesuch")


def test_privileges_are_those_that_were_not_denied(found: Reached, simulator: Simulator) -> None:
    simulator.order(deny={"auditor": ["DVPortgroup.Modify"]})
    manager, root = found.session.content.authorizationManager, found.session.content.rootFolder
    asked = ["DVPortgroup.Modify", "System.Read"]
    (answer,) = manager.HasUserPrivilegeOnEntities([root], "auditor", asked)
    granted = {one.privId: one.isGranted for one in answer.privAvailability}
    assert granted == {"DVPortgroup.Modify": False, "System.Read": True}
