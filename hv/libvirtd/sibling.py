"""The other libvirt driver of this host: our machines on both share files and filters by name."""

from collections.abc import Collection

from vipprov.guest.errors import DeadlineError, HypervisorError
from vipprov.hv.libvirtd import machineread
from vipprov.hv.libvirtd.session import Session

SIBLINGS = {"lxc:///system": "qemu:///system", "qemu:///system": "lxc:///system"}


def namesakes(session: Session, names: Collection[str]) -> tuple[str, ...]:
    """Return which of these are names of our machines on the other driver; none where it is not."""
    other = SIBLINGS.get(session.uri)
    if other is None:
        return ()
    try:
        with Session(other, by=session.by) as beside:
            domains = beside.call(f"look at {other}", beside.connection.listAllDomains)
            machines = [machineread.if_there(one) for one in domains if one.name() in names]
    except (HypervisorError, DeadlineError):  # this host may have the one driver alone
        return ()
    return tuple(
        f"{machine.name} on {other}"
        for machine in machines
        if machine is not None and (machine.mark is not None or machine.mark_error)
    )
