"""What a machine can be placed on and in, each with the way to it in the inventory."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote

from pyVmomi import vim

from vipprov.hv.vsphere import collect
from vipprov.hv.vsphere.collect import Read
from vipprov.hv.vsphere.session import Session

CLUSTER, HOST, POOL, DATASTORE, FOLDER = "cluster", "host", "resource_pool", "datastore", "folder"

_NAMED = ("name", "parent")
_COMPUTE = (*_NAMED, "resourcePool", "host", "datastore")
_HOST = (*_NAMED, "datastore", "runtime.connectionState", "runtime.inMaintenanceMode")
_STORE = (*_NAMED, "summary.accessible", "summary.maintenanceMode")


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """One object, by the key of the pair file that names such.

    `computes` are the keys of the clusters, or lone hosts, that it belongs to; a datastore is
    `reached` by hosts as well. `trouble` is why no machine can be put there now.
    """

    kind: str
    key: str
    path: tuple[str, ...]
    reference: Any = None
    computes: frozenset[str] = frozenset()
    reached: frozenset[str] = frozenset()
    trouble: str = ""

    @property
    def title(self) -> str:
        """The path as people write it: a slash within a name is %2f."""
        return "/" + "/".join(one.replace("/", "%2f") for one in self.path)


@dataclass(frozen=True, slots=True, kw_only=True)
class Inventory:
    """All places under the datacenter of the address, and the clusters and lone hosts by key."""

    items: tuple[Item, ...]
    computes: Mapping[str, Read]

    def compute_of(self, host: Any) -> str:  # noqa: ANN401  an object of the SDK stays here
        """Return the key of the cluster, or lone host, that a host belongs to; empty if unknown."""
        found = (key for key, one in self.computes.items() if host in (one["host"] or ()))
        return next(found, "")


def read(session: Session) -> Inventory:
    """Return the inventory as it is."""
    computes = collect.everything(session, vim.ComputeResource, _COMPUTE)
    hosts = collect.everything(session, vim.HostSystem, _HOST)
    pools = collect.everything(session, vim.ResourcePool, (*_NAMED, "owner"))
    stores = collect.everything(session, vim.Datastore, _STORE)
    folders = collect.everything(session, vim.Folder, (*_NAMED, "childType"))
    centers = collect.everything(session, vim.Datacenter, _NAMED)
    every = (*computes, *hosts, *pools, *stores, *folders, *centers, *_above(session))
    known = {one.reference: one for one in every}

    def item(kind: str, one: Read, **more: Any) -> Item:  # noqa: ANN401  any field
        path = tuple(reversed(tuple(_upwards(one, known))))
        return Item(kind=kind, key=one.key, path=path, reference=one.reference, **more)

    items = (
        *(
            item(CLUSTER, one, computes=frozenset({one.key}))
            for one in computes
            if isinstance(one.reference, vim.ClusterComputeResource)
        ),
        *(
            item(HOST, one, computes=_keys([one["parent"]]), trouble=_trouble_of_host(one))
            for one in hosts
        ),
        *(item(POOL, one, computes=_keys([one["owner"]])) for one in pools),
        *(
            item(DATASTORE, one, reached=_reached(one, (*computes, *hosts)), trouble=_trouble(one))
            for one in stores
        ),
        *(item(FOLDER, one) for one in folders if "VirtualMachine" in (one["childType"] or ())),
    )
    return Inventory(items=items, computes={one.key: one for one in computes})


def _above(session: Session) -> Iterator[Read]:
    """Return the datacenter of the address and the folders above it: no view has its own root."""
    here = session.root
    while here is not None:
        (found,) = collect.these(session, type(here), [here], _NAMED)
        yield found
        here = found["parent"]


def _upwards(one: Read | None, known: Mapping[Any, Read]) -> Iterator[str]:
    """Return the names from the object up; the topmost folder is in no path."""
    while one is not None and one["parent"] is not None:
        yield unquote(one["name"])
        one = known.get(one["parent"])


def _keys(references: Iterable[Any]) -> frozenset[str]:
    return frozenset(one._moId for one in references if one is not None)  # noqa: SLF001  as in collect


def _reached(store: Read, everybody: Iterable[Read]) -> frozenset[str]:
    return frozenset(one.key for one in everybody if store.reference in (one["datastore"] or ()))


def _trouble_of_host(host: Read) -> str:
    if host["runtime.inMaintenanceMode"]:
        return "is in maintenance mode"
    state = str(host["runtime.connectionState"] or "connected")
    return "" if state == "connected" else "is not connected"


def _trouble(store: Read) -> str:
    if store["summary.maintenanceMode"] not in {None, "normal"}:
        return "is in maintenance mode"
    return "is not accessible" if store["summary.accessible"] is False else ""
