"""The way that a server walks to all objects of a kind: one property collector call reads them.

A container view would cost two more calls each time, one to make it and one to remove it. See
"TraversalSpec" in VMware's API reference.
"""

from collections.abc import Mapping
from typing import Any

from pyVmomi import vim, vmodl

_Spec = vmodl.query.PropertyCollector
_Step = tuple[type, str]
_Onward = Mapping[_Step, tuple[_Step, ...]]

# The folders of a datacenter that the objects of a kind are in.
_FOLDERS: Mapping[type, tuple[str, ...]] = {
    vim.Datacenter: (),
    vim.Folder: ("vmFolder", "hostFolder", "networkFolder", "datastoreFolder"),
    vim.VirtualMachine: ("vmFolder",),
    vim.ComputeResource: ("hostFolder",),
    vim.HostSystem: ("hostFolder",),
    vim.ResourcePool: ("hostFolder",),
    vim.Network: ("networkFolder",),
    vim.DistributedVirtualSwitch: ("networkFolder",),
    vim.Datastore: ("datastoreFolder",),
}
_CHILDREN: _Step = (vim.Folder, "childEntity")
_HOSTS: _Step = (vim.ComputeResource, "host")
_ROOT_POOL: _Step = (vim.ComputeResource, "resourcePool")
_POOLS: _Step = (vim.ResourcePool, "resourcePool")
# A vApp holds machines, and is a resource pool of further vApps.
_OF_VAPP: _Step = (vim.VirtualApp, "vm")
_VAPPS: _Step = (vim.VirtualApp, "resourcePool")
# Where they are not in a folder themselves: the steps on from there, and what may follow on each.
_BELOW: Mapping[type, _Onward] = {
    vim.VirtualMachine: {_OF_VAPP: (), _VAPPS: (_OF_VAPP, _VAPPS)},
    vim.HostSystem: {_HOSTS: ()},
    vim.ResourcePool: {_ROOT_POOL: (_POOLS,), _POOLS: (_POOLS,)},
}


def below(root: Any, kind: type) -> Any:  # noqa: ANN401  of the SDK, for its adapters
    """Return what selects every object of a kind under the root, however deep it is."""
    found = next(one for one in kind.__mro__ if one in _FOLDERS)
    onward = _onward(_FOLDERS[found], _BELOW.get(found, {}))
    steps = [
        _Spec.TraversalSpec(
            name=_name(step), type=step[0], path=step[1], skip=False, selectSet=_named(following)
        )
        for step, following in onward.items()
    ]
    return _Spec.ObjectSpec(obj=root, skip=True, selectSet=steps)


def _onward(folders: tuple[str, ...], below: _Onward) -> _Onward:
    entries: tuple[_Step, ...] = tuple((vim.Datacenter, folder) for folder in folders)
    return {
        _CHILDREN: (_CHILDREN, *entries, *below),
        **dict.fromkeys(entries, (_CHILDREN,)),
        **below,
    }


def _named(steps: tuple[_Step, ...]) -> list[Any]:
    return [_Spec.SelectionSpec(name=_name(step)) for step in steps]


def _name(step: _Step) -> str:
    return f"{step[0].__name__}.{step[1]}"
