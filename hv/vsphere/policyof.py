"""What the port groups of one machine do, NIC by NIC."""

from collections.abc import Mapping
from typing import Any

from pyVmomi import vim

from vipprov.hv.switchgroup import Effective, GroupKind, OwnPolicy, SwitchGroup
from vipprov.hv.vsphere import collect, machineread, networks
from vipprov.hv.vsphere.find import Finder
from vipprov.hv.vsphere.portgroup import VspherePortGroups
from vipprov.hv.vsphere.session import Session

_CARD = vim.vm.device.VirtualEthernetCard
_PATHS = ("config.hardware.device", "runtime.host", "network")
_DISTRIBUTED = vim.dvs.DistributedVirtualPortgroup


def machine(session: Session, name: str) -> Mapping[str, Effective]:
    """Return what is in effect for each NIC of the machine, by MAC."""
    reference = Finder(session).demand(name)
    (found,) = collect.these(session, vim.VirtualMachine, [reference], _PATHS)
    groups = VspherePortGroups(session)
    keys = _keys(session, found)
    effects: dict[str, Effective] = {}
    for card in machineread.cards(found["config.hardware.device"]):
        group = _named(card, found["runtime.host"], keys)
        if group is not None:
            effects[card.macAddress.lower()] = groups.read(group).effective
    return effects


def _keys(session: Session, machine: collect.Read) -> Mapping[str, Any]:
    groups = [one for one in machine["network"] or () if isinstance(one, _DISTRIBUTED)]
    found = collect.these(session, _DISTRIBUTED, groups, ["key"])
    return {str(one["key"]): one.reference for one in found}


def _named(card: Any, host: Any, keys: Mapping[str, Any]) -> SwitchGroup | None:  # noqa: ANN401
    """Return what names the port group of a NIC, to be read."""
    place = card.backing
    if isinstance(place, _CARD.DistributedVirtualPortBackingInfo):
        group = keys.get(str(place.port.portgroupKey))
        return None if group is None else _asked(group._moId, "", None)  # noqa: SLF001
    name = networks.plugged(card, {})
    return _asked(f"{host._moId}/{name}", name, host._moId) if name else None  # noqa: SLF001


def _asked(key: str, name: str, host: str | None) -> SwitchGroup:
    return SwitchGroup(
        key=key,
        name=name,
        kind=GroupKind.DISTRIBUTED if host is None else GroupKind.STANDARD,
        switch="",
        host=host,
        own=OwnPolicy(),
        effective=Effective(),
    )
