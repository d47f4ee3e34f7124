"""Choose a hypervisor by its address: the only place that loads a back end on demand."""

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from importlib.util import find_spec
from urllib.parse import urlsplit

from vipprov.guest.deadline import Clock
from vipprov.guest.errors import HypervisorError, SpecError
from vipprov.hv.claim import Claims
from vipprov.hv.machine import Machines
from vipprov.hv.portgroup import PortGroups


@dataclass(frozen=True, slots=True, kw_only=True)
class Hypervisor:
    """The ports of one hypervisor, open for as long as its block lasts."""

    machines: Machines
    port_groups: PortGroups
    claims: Claims


def connect(address: str, *, clock: Clock) -> AbstractContextManager[Hypervisor]:
    """Return the hypervisor behind this address, not yet opened."""
    match urlsplit(address).scheme:
        case "lxc":
            return _libvirt(address, clock)
        case scheme:
            raise SpecError(
                f"{address}: no hypervisor speaks {scheme!r} yet.", hint="Use lxc:///system."
            )


@contextmanager
def _libvirt(address: str, clock: Clock) -> Iterator[Hypervisor]:
    if find_spec("libvirt") is None:
        raise HypervisorError(
            f"{address} needs libvirt-python, which is not installed.",
            hint="Install vipprov[libvirt]; it builds against the package libvirt-dev.",
        )
    from vipprov.hv import storage
    from vipprov.hv.libvirtd.claim import DomainClaims
    from vipprov.hv.libvirtd.machine import Containers
    from vipprov.hv.libvirtd.portgroup import LibvirtPortGroups
    from vipprov.hv.libvirtd.session import Session

    with Session(address) as session:
        yield Hypervisor(
            machines=Containers(session, store=storage.root() / "machines", clock=clock),
            port_groups=LibvirtPortGroups(session),
            claims=DomainClaims(session),
        )
