"""Port groups that are clones of others, and NICs that change from one to the other."""

from typing import Any

from pyVmomi import vim

from vipprov.guest.errors import MissingError, SpecError
from vipprov.hv.switchgroup import SwitchGroup
from vipprov.hv.vsphere import collect
from vipprov.hv.vsphere.portwrite import await_end
from vipprov.hv.vsphere.session import Session

_GROUP = vim.dvs.DistributedVirtualPortgroup
_CARD = vim.vm.device.VirtualEthernetCard
PORTS = 8


def clone_distributed(session: Session, reference: Any, source: SwitchGroup, name: str) -> None:  # noqa: ANN401
    """Add a port group to the source's switch, with all of its settings for ports."""
    (found,) = collect.these(session, _GROUP, [reference], ["config"])
    config = found["config"]
    spec = _GROUP.ConfigSpec(
        name=collect.kept(name),
        description=f"Made by vipprov as a clone of {source.name}.",
        type="earlyBinding",
        numPorts=PORTS,
        autoExpand=True,
        defaultPortConfig=config.defaultPortConfig,
        policy=config.policy,
    )
    switch, doing = config.distributedVirtualSwitch, f"add the port group {name}"
    await_end(session, session.call(doing, lambda: switch.AddDVPortgroup_Task([spec])), doing)


def clone_standard(session: Session, host: Any, source: SwitchGroup, name: str) -> None:  # noqa: ANN401
    """Add a port group to the source's switch on this host."""
    paths = ("configManager.networkSystem", "config.network.portgroup")
    (found,) = collect.these(session, vim.HostSystem, [host], paths)
    specs = [one.spec for one in found["config.network.portgroup"] or ()]
    spec = next((spec for spec in specs if spec.name == source.name), None)
    if spec is None:
        raise MissingError(f"There is no port group {source.title} any more.")
    spec.name = name
    system = found["configManager.networkSystem"]
    session.call(f"add the port group {name}", lambda: system.AddPortGroup(spec))


def remove_distributed(session: Session, reference: Any, group: SwitchGroup) -> None:  # noqa: ANN401
    """Remove a port group; vSphere refuses while a NIC is on it."""
    doing = f"remove the port group {group.title}"
    await_end(session, session.call(doing, reference.Destroy_Task), doing)


def remove_standard(session: Session, host: Any, group: SwitchGroup) -> None:  # noqa: ANN401
    """Remove a port group from this host; vSphere refuses while a NIC is on it."""
    path = "configManager.networkSystem"
    (found,) = collect.these(session, vim.HostSystem, [host], [path])
    system = found[path]
    session.call(f"remove the port group {group.title}", lambda: system.RemovePortGroup(group.name))


def move(session: Session, machine: str, source: SwitchGroup, target: SwitchGroup) -> None:
    """Plug the machine's NICs that are on one port group into the other, without a pause."""
    reference = _machine(session, machine)
    path = "config.hardware.device"
    (found,) = collect.these(session, vim.VirtualMachine, [reference], [path])
    cards = [one for one in found[path] or () if isinstance(one, _CARD) and _is_on(one, source)]
    if not cards:
        return
    backing = _backing(session, target)
    for card in cards:
        card.backing = backing
    edit = vim.vm.device.VirtualDeviceSpec
    changes = [edit(operation=edit.Operation.edit, device=card) for card in cards]
    spec = vim.vm.ConfigSpec(deviceChange=changes)
    doing = f"move {machine} from {source.name} to {target.name}"
    await_end(session, session.call(doing, lambda: reference.ReconfigVM_Task(spec)), doing)


def _machine(session: Session, name: str) -> Any:  # noqa: ANN401
    every = collect.everything(session, vim.VirtualMachine, ["name"])
    found = [one.reference for one in every if one.name == name]
    if not found:
        raise MissingError(f"There is no machine {name} any more.")
    if len(found) > 1:
        raise SpecError(
            f"{len(found)} machines have the name {name}.",
            hint="Name the datacenter in the address, or rename one of them.",
        )
    return found[0]


def _is_on(card: Any, group: SwitchGroup) -> bool:  # noqa: ANN401
    backing = card.backing
    if isinstance(backing, _CARD.DistributedVirtualPortBackingInfo):
        return group.host is None and str(backing.port.portgroupKey) == group.key
    if isinstance(backing, _CARD.NetworkBackingInfo):
        return group.host is not None and str(backing.deviceName) == group.name
    return False


def _backing(session: Session, group: SwitchGroup) -> Any:  # noqa: ANN401
    if group.host is not None:
        return _CARD.NetworkBackingInfo(deviceName=group.name)
    path = "config.distributedVirtualSwitch"
    (found,) = collect.these(session, _GROUP, [session.reference(_GROUP, group.key)], [path])
    (switch,) = collect.these(session, vim.DistributedVirtualSwitch, [found[path]], ["uuid"])
    port = vim.dvs.PortConnection(portgroupKey=group.key, switchUuid=switch["uuid"])
    return _CARD.DistributedVirtualPortBackingInfo(port=port)
