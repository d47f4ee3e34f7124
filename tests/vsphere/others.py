"""What others do on a vCenter while vipprov works, and a picture of all that there is."""

from dataclasses import dataclass
from typing import Any

from pyVmomi import vim

from vipprov.hv.switchgroup import SwitchGroup
from vipprov.hv.vsphere import collect
from vsphere.reach import Reached

NOTE = "theirs.note"
_GROUP = vim.dvs.DistributedVirtualPortgroup
_VMWARE = vim.dvs.VmwareDistributedVirtualSwitch


@dataclass(frozen=True, slots=True, kw_only=True)
class Work:
    """Settings of a port group that are none of our business."""

    vlan: int
    description: str
    ports: int
    overridable: bool
    resets: bool
    note: str


def do(found: Reached, group: SwitchGroup, work: Work) -> None:
    """Set all this, as an administrator does who knows nothing of us."""
    if group.host is None:
        _distributed(found, group, work)
    else:
        _standard(found, group, work)
    manager, holder = found.session.content.customFieldsManager, found.reference(group)
    name = NOTE if group.host is None else f"{NOTE} of hosts"
    key = next((one.key for one in manager.field if one.name == name), None)
    if key is None:
        key = manager.AddFieldDefinition(name, type(holder), None, None).key
    manager.SetField(holder, key, work.note)


def whole(found: Reached) -> dict[str, str]:
    """Return the configuration of all port groups and all notes on them, but for the versions."""
    session = found.session
    groups = collect.everything(session, _GROUP, ["config", "customValue"])
    for one in groups:
        one["config"].configVersion = ""
    hosts = collect.everything(session, vim.HostSystem, ["config.network.portgroup", "customValue"])
    return {
        **{one.key: f"{one['config']}{_notes(one)}" for one in groups},
        **{one.key: f"{one['config.network.portgroup']}{_notes(one)}" for one in hosts},
    }


def _notes(one: collect.Read) -> list[tuple[int, str]]:
    return sorted((value.key, value.value) for value in one["customValue"] or ())


def _distributed(found: Reached, group: SwitchGroup, work: Work) -> None:
    reference = found.reference(group)
    setting = _VMWARE.VmwarePortConfigPolicy(
        vlan=_VMWARE.VlanIdSpec(vlanId=work.vlan, inherited=False)
    )
    policy = _VMWARE.VMwarePortgroupPolicy(
        blockOverrideAllowed=True,
        shapingOverrideAllowed=False,
        vendorConfigOverrideAllowed=False,
        livePortMovingAllowed=False,
        portConfigResetAtDisconnect=work.resets,
        vlanOverrideAllowed=False,
        uplinkTeamingOverrideAllowed=False,
        securityPolicyOverrideAllowed=work.overridable,
    )
    spec = _GROUP.ConfigSpec(
        description=work.description,
        numPorts=work.ports,
        defaultPortConfig=setting,
        policy=policy,
    )
    _ended(found, reference.ReconfigureDVPortgroup_Task(spec))


def _standard(found: Reached, group: SwitchGroup, work: Work) -> None:
    """Set the VLAN of this port group, and the VLAN of another one on the same host."""
    host = found.reference(group)
    system = host.configManager.networkSystem
    specs = {one.spec.name: one.spec for one in host.config.network.portgroup}
    for name, vlan in ((group.name, work.vlan), ("app", work.ports)):
        specs[name].vlanId = vlan
        system.UpdatePortGroup(name, specs[name])


def _ended(found: Reached, task: Any) -> None:  # noqa: ANN401
    found.session.by.poll(
        lambda: task.info.state == "success" or None, what="their change", every=0.005
    )
