"""Where machines are made: folder, resource pool and datastore."""

from dataclasses import dataclass
from typing import Any

from pyVmomi import vim

from vipprov.guest.errors import HypervisorError, SpecError
from vipprov.hv.vsphere import collect
from vipprov.hv.vsphere.session import Session

_COMPUTE = ("name", "resourcePool", "host", "datastore")


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where a machine goes. `datastore` is a name; `store` and `host` are None if nobody chose."""

    folder: Any
    pool: Any
    datastore: str
    store: Any = None
    host: Any = None


def of_datacenter(session: Session) -> Any:  # noqa: ANN401  an object of the SDK stays in its corner
    """Return the folder that machines are made in: names are unique within it."""
    if isinstance(session.root, vim.Datacenter):
        (found,) = collect.these(session, vim.Datacenter, [session.root], ["vmFolder"])
        return found["vmFolder"]
    centers = collect.everything(session, vim.Datacenter, ["name", "vmFolder"])
    if len(centers) != 1:
        raise SpecError(
            "The address names no datacenter, and there are several.",
            details="\n".join(sorted(str(center["name"]) for center in centers)),
            hint="Write one in the address: vsphere://user@vcenter.example/DC1.",
        )
    return centers[0]["vmFolder"]


def beside(session: Session, host: Any, datastore: str) -> Place:  # noqa: ANN401
    """Return the place on the cluster that this host belongs to, or on the host itself."""
    found = collect.everything(session, vim.ComputeResource, _COMPUTE)
    for one in found:
        if host in (one["host"] or ()):
            return _place(session, one, datastore)
    raise HypervisorError("The host of the template belongs to no cluster that can be seen.")


def anywhere(session: Session) -> Place:
    """Return the first place by name, for what takes no room and never runs."""
    found = collect.everything(session, vim.ComputeResource, _COMPUTE)
    for one in sorted(found, key=lambda one: str(one["name"])):
        stores = collect.these(
            session, vim.Datastore, one["datastore"] or (), ["name", "summary.accessible"]
        )
        names = sorted(str(store["name"]) for store in stores if store["summary.accessible"])
        if names and one["resourcePool"] is not None:
            return _place(session, one, names[0])
    raise HypervisorError("There is no host with a datastore that machines could be made on.")


def _place(session: Session, compute: collect.Read, datastore: str) -> Place:
    return Place(
        folder=of_datacenter(session),
        pool=compute["resourcePool"],
        datastore=datastore,
    )
