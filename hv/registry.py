"""Choose a hypervisor by its address: the only place that loads a back end on demand."""

import os
from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from importlib.util import find_spec
from typing import TYPE_CHECKING, assert_never

from vipprov.guest.deadline import Clock, Deadline
from vipprov.guest.errors import HypervisorError, SpecError
from vipprov.guest.pairfile import hypervisors
from vipprov.hv import storage
from vipprov.hv.claim import Claims
from vipprov.hv.machine import Sort
from vipprov.hv.machines import Machines
from vipprov.hv.portgroup import PortGroups
from vipprov.hv.switchgroup import SwitchGroups

if TYPE_CHECKING:  # a back end's SDK is loaded only when it is asked for
    from vipprov.hv.libvirtd.driver import Driver
    from vipprov.hv.libvirtd.session import Session


@dataclass(frozen=True, slots=True, kw_only=True)
class Hypervisor:
    """The ports of one hypervisor, open for as long as its block lasts.

    `switches` are there where a policy belongs to a port group, for all that is plugged into it.
    """

    machines: Machines
    port_groups: PortGroups
    claims: Claims
    switches: SwitchGroups | None = None


def sort(address: str) -> Sort:
    """Return what the machines of this hypervisor are. Asks nobody."""
    return Sort.CONTAINER if hypervisors.scheme(address) == "lxc" else Sort.VM


def connect(
    address: str, *, by: Deadline, environment: Mapping[str, str] = os.environ
) -> AbstractContextManager[Hypervisor]:
    """Return the hypervisor behind this address, not yet opened, for use until the deadline."""
    match hypervisors.scheme(address):
        case "lxc" | "qemu":
            return _libvirt(address, by)
        case "vsphere":
            return _vsphere(address, by, environment)
        case scheme:
            raise SpecError(
                f"No hypervisor speaks {scheme!r} yet.",
                hint="Use lxc:///system for containers, qemu:///system for VMs, or vsphere://….",
            )


def keeps_switches(address: str) -> bool:
    """Say whether policies belong to port groups there, and not to single ports. Asks nobody."""
    return hypervisors.scheme(address) == "vsphere"


@contextmanager
def switch_groups(address: str, *, by: Deadline) -> Iterator[SwitchGroups]:
    """Open the port groups of virtual switches behind this address, until the deadline."""
    if not keeps_switches(address):
        raise SpecError(
            "There are no virtual switches with policies behind this address.",
            hint="Write vsphere://user@vcenter.example/DC1; ports of libvirt: `portgroup show`.",
        )
    from vipprov.hv.vsphere import access
    from vipprov.hv.vsphere.portgroup import VspherePortGroups
    from vipprov.hv.vsphere.session import Session

    with Session(access.parse(address, os.environ), by=by) as session:
        yield VspherePortGroups(session)


@contextmanager
def _vsphere(address: str, by: Deadline, environment: Mapping[str, str]) -> Iterator[Hypervisor]:
    from vipprov.hv.vsphere import access
    from vipprov.hv.vsphere.claim import VsphereClaims
    from vipprov.hv.vsphere.machine import VsphereMachines
    from vipprov.hv.vsphere.machinerecords import RecordsOnMachines
    from vipprov.hv.vsphere.portgroup import VspherePortGroups
    from vipprov.hv.vsphere.ports import VspherePorts
    from vipprov.hv.vsphere.session import Session

    with Session(access.parse(address, environment), by=by) as session:
        machines, groups = VsphereMachines(session, environment), VspherePortGroups(session)
        yield Hypervisor(
            machines=machines,
            port_groups=VspherePorts(session, machines),
            claims=VsphereClaims(session),
            switches=groups if session.is_vcenter else RecordsOnMachines(session, groups),
        )


@contextmanager
def _libvirt(address: str, by: Deadline) -> Iterator[Hypervisor]:
    if find_spec("libvirt") is None:
        raise HypervisorError(
            f"{address} needs libvirt-python, which is not installed.",
            hint="Install vipprov[libvirt]; it builds against the package libvirt-dev.",
        )
    from vipprov.hv.libvirtd.claim import DomainClaims
    from vipprov.hv.libvirtd.machine import LibvirtMachines
    from vipprov.hv.libvirtd.portgroup import LibvirtPortGroups
    from vipprov.hv.libvirtd.session import Session

    with Session(address, by=by) as session:
        yield Hypervisor(
            machines=LibvirtMachines(session, _driver(sort(address), session, by.clock)),
            port_groups=LibvirtPortGroups(session),
            claims=DomainClaims(session),
        )


def _driver(of: Sort, session: "Session", clock: Clock) -> "Driver":
    match of:
        case Sort.CONTAINER:
            from vipprov.hv.libvirtd.lxc import Lxc

            return Lxc(session, store=storage.machines(), clock=clock)
        case Sort.VM:
            from vipprov.hv.libvirtd.qemu import Qemu

            return Qemu(session, store=storage.machines(), clock=clock)
        case _:
            assert_never(of)
