"""Many port groups and machines on a simulator, made as an administrator would make them."""

from collections.abc import Iterable
from typing import Any

from pyVmomi import vim

from switchgroups import ACCEPT
from vipprov.hv.switchgroup import OwnPolicy
from vipprov.hv.vsphere import collect, policy
from vsphere.reach import Reached

OPEN = OwnPolicy(promiscuous=ACCEPT, mac_changes=ACCEPT, forged_transmits=ACCEPT)

_Machine = vim.VirtualMachine
_Card = vim.vm.device.VirtualEthernetCard


def add_groups(found: Reached, names: Iterable[str], *, ports: int = 4) -> None:
    """Add open port groups to the switch of the port group `open`."""
    switch = _switch(found)
    setting = vim.dvs.VmwareDistributedVirtualSwitch.VmwarePortConfigPolicy(
        securityPolicy=policy.to_security(OPEN), macManagementPolicy=policy.to_management(OPEN)
    )
    specs = [
        vim.dvs.DistributedVirtualPortgroup.ConfigSpec(
            name=name, type="earlyBinding", numPorts=ports, defaultPortConfig=setting
        )
        for name in names
    ]
    _ended(found, found.session.call("add groups", lambda: switch.AddDVPortgroup_Task(specs)))


def add_machines(found: Reached, places: dict[str, str]) -> None:
    """Add machines by name, each with a NIC on the port group of this name, and start them."""
    session = found.session
    switch_id = session.call("read the switch", lambda: _switch(found).uuid)
    keys = {one.name: one.key for one in found.groups.all() if one.host is None}
    kind, paths = _Machine, ["name", "parent", "resourcePool", "runtime.host"]
    model = next(one for one in collect.everything(session, kind, paths) if one["resourcePool"])
    folder, pool, host = model["parent"], model["resourcePool"], model["runtime.host"]
    tasks = [
        folder.CreateVM_Task(_machine(name, switch_id, keys[group]), pool, host)
        for name, group in places.items()
    ]
    for made in [_ended(found, task) for task in tasks]:
        _ended(found, made.PowerOnVM_Task(None))


def whole_configurations(found: Reached, keys: Iterable[str]) -> dict[str, str]:
    """Return all that vSphere tells of the configuration of these distributed port groups."""
    kind = vim.dvs.DistributedVirtualPortgroup
    references = [found.session.reference(kind, key) for key in keys]
    read = collect.these(found.session, kind, references, ["config", "customValue"])
    return {one.key: f"{one['config']}{one['customValue']}" for one in read}


def _machine(name: str, switch_id: str, key: str) -> Any:  # noqa: ANN401
    port = vim.dvs.PortConnection(switchUuid=switch_id, portgroupKey=key)
    backing = _Card.DistributedVirtualPortBackingInfo(port=port)
    nic = vim.vm.device.VirtualVmxnet3(key=-1, backing=backing, addressType="generated")
    change = vim.vm.device.VirtualDeviceSpec(operation="add", device=nic)
    files = vim.vm.FileInfo(vmPathName="[LocalDS_0]")
    return vim.vm.ConfigSpec(
        name=name, guestId="otherGuest", files=files, numCPUs=1, memoryMB=4, deviceChange=[change]
    )


def _switch(found: Reached) -> Any:  # noqa: ANN401
    reference = found.reference(found.group("open"))
    return found.session.call("find the switch", lambda: reference.config.distributedVirtualSwitch)


def _ended(found: Reached, task: Any) -> Any:  # noqa: ANN401
    """Return what the task has made, when it has ended."""

    def look() -> Any:  # noqa: ANN401
        info = task.info
        assert info.state != "error", info.error
        return info if info.state == "success" else None

    return found.session.by.poll(look, what="a task", every=0.005).result
