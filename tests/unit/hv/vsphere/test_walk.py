"""Every object of a kind is found under a root, once, by a server that walks as it was told."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import pytest
from pyVmomi import vim

from vipprov.hv.vsphere import walk


@dataclass(frozen=True, slots=True)
class Thing:
    """An object of an inventory, and which others its properties name."""

    kind: type
    name: str
    others: Mapping[str, tuple["Thing", ...]] = field(default_factory=dict)


def folder(name: str, *children: Thing) -> Thing:
    return Thing(vim.Folder, name, {"childEntity": children})


def pool(name: str, *pools: Thing) -> Thing:
    return Thing(vim.ResourcePool, name, {"resourcePool": pools})


def vapp(name: str, *machines: Thing, vapps: tuple[Thing, ...] = ()) -> Thing:
    return Thing(vim.VirtualApp, name, {"vm": machines, "resourcePool": vapps})


def machine(name: str) -> Thing:
    return Thing(vim.VirtualMachine, name)


HOST = Thing(vim.HostSystem, "host", {"vm": (machine("not looked for here"),)})
LONE = Thing(
    vim.ComputeResource,
    "lone",
    {"host": (Thing(vim.HostSystem, "lone host"),), "resourcePool": (pool("lone pool"),)},
)
CLUSTER = Thing(
    vim.ClusterComputeResource,
    "cluster",
    {"host": (HOST,), "resourcePool": (pool("pools", pool("outer", pool("inner"))),)},
)
SWITCH = Thing(vim.dvs.VmwareDistributedVirtualSwitch, "switch")
GROUPS = (
    Thing(vim.dvs.DistributedVirtualPortgroup, "group"),
    Thing(vim.OpaqueNetwork, "opaque"),
    Thing(vim.Network, "network"),
)
DATACENTER = Thing(
    vim.Datacenter,
    "DC",
    {
        "vmFolder": (
            folder(
                "vms",
                machine("web-1"),
                folder("deep", machine("web-2")),
                vapp("app", machine("app-1"), vapps=(vapp("in app", machine("app-2")),)),
            ),
        ),
        "hostFolder": (folder("hosts", LONE, folder("of hosts", CLUSTER)),),
        "networkFolder": (folder("networks", folder("of switch", SWITCH, *GROUPS)),),
        "datastoreFolder": (folder("stores", Thing(vim.Datastore, "store")),),
    },
)
ROOT = folder("root", folder("of datacenters", DATACENTER))


def walked(start: Thing, kind: type) -> list[str]:
    """Walk as a server does: a step is for objects of its own type; return those of the kind."""
    spec = walk.below(vim.Folder("root"), kind)
    known = {step.name: step for step in spec.selectSet}

    def found(thing: Thing, steps: list[Any]) -> Iterator[str]:
        for step in (known[one.name] for one in steps):
            if not issubclass(thing.kind, step.type):
                continue
            for other in thing.others.get(step.path, ()):
                if issubclass(other.kind, kind):
                    yield other.name
                yield from found(other, step.selectSet)

    assert spec.skip
    return sorted(found(start, spec.selectSet))


@pytest.mark.parametrize("start", [ROOT, DATACENTER], ids=["all", "one datacenter"])
@pytest.mark.parametrize(
    ("kind", "names"),
    [
        (vim.VirtualMachine, ["app-1", "app-2", "web-1", "web-2"]),
        (vim.HostSystem, ["host", "lone host"]),
        (vim.ComputeResource, ["cluster", "lone"]),
        (vim.ClusterComputeResource, ["cluster"]),
        (vim.ResourcePool, ["inner", "lone pool", "outer", "pools"]),
        (vim.Network, ["group", "network", "opaque"]),
        (vim.dvs.DistributedVirtualPortgroup, ["group"]),
        (vim.DistributedVirtualSwitch, ["switch"]),
        (vim.Datastore, ["store"]),
    ],
)
def test_all_objects_of_a_kind_are_found_once(start: Thing, kind: type, names: list[str]) -> None:
    assert walked(start, kind) == names


def test_datacenters_and_all_their_folders_are_found() -> None:
    assert walked(ROOT, vim.Datacenter) == ["DC"]
    every = ["deep", "hosts", "networks", "of hosts", "of switch", "stores", "vms"]
    assert walked(DATACENTER, vim.Folder) == every
    assert walked(ROOT, vim.Folder) == sorted([*every, "of datacenters"])
