"""Port groups by name, as NICs are plugged into them."""

from collections.abc import Iterable, Mapping
from typing import Any

from pyVmomi import vim

from vipprov.guest.errors import MissingError, SpecError
from vipprov.hv.vsphere import collect
from vipprov.hv.vsphere.session import Session

_DISTRIBUTED = vim.dvs.DistributedVirtualPortgroup
_CARD = vim.vm.device.VirtualEthernetCard


def backing(session: Session, name: str) -> Any:  # noqa: ANN401  the SDK's own type
    """Return what plugs a NIC into the one port group of this name."""
    found = [
        one for one in collect.everything(session, vim.Network, ["name"]) if one["name"] == name
    ]
    distributed = [one.reference for one in found if isinstance(one.reference, _DISTRIBUTED)]
    standard = [one.reference for one in found if type(one.reference) is vim.Network]
    if len(distributed) + bool(standard) > 1:
        raise SpecError(
            f"{name} is the name of several port groups.",
            hint="Rename one of them, or name the datacenter in the address.",
        )
    if distributed:
        return _distributed(session, distributed[0])
    if standard:
        return _CARD.NetworkBackingInfo(deviceName=name)
    raise MissingError(
        f"There is no port group {name!r}.",
        hint="`vipprov portgroup list URL` shows those there are.",
    )


def names(session: Session, references: Iterable[Any]) -> Mapping[str, str]:
    """Return the names of distributed port groups, by the key that NICs know them by."""
    groups = {one for one in references if isinstance(one, _DISTRIBUTED)}
    found = collect.these(session, _DISTRIBUTED, groups, ["key", "name"])
    return {str(one["key"]): str(one["name"]) for one in found}


def plugged(card: Any, names: Mapping[str, str]) -> str:  # noqa: ANN401
    """Return the name of the port group that a NIC is on; empty where it is none of ours."""
    place = card.backing
    if isinstance(place, _CARD.DistributedVirtualPortBackingInfo):
        return names.get(str(place.port.portgroupKey), "")
    return str(getattr(place, "deviceName", "") or "")


def _distributed(session: Session, group: Any) -> Any:  # noqa: ANN401
    paths = ["key", "config.distributedVirtualSwitch"]
    (found,) = collect.these(session, _DISTRIBUTED, [group], paths)
    switch = found["config.distributedVirtualSwitch"]
    (read,) = collect.these(session, vim.DistributedVirtualSwitch, [switch], ["uuid"])
    port = vim.dvs.PortConnection(portgroupKey=found["key"], switchUuid=read["uuid"])
    return _CARD.DistributedVirtualPortBackingInfo(port=port)
