"""A TCP connection to a guest, at the addresses that VMware Tools report."""

import socket
from typing import Any

from pyVmomi import vim

from vipprov.guest.deadline import Deadline
from vipprov.guest.errors import DeadlineError, GuestError
from vipprov.hv.vsphere import collect
from vipprov.hv.vsphere.session import Session


def opened(session: Session, machine: Any, name: str, port: int, *, by: Deadline) -> socket.socket:  # noqa: ANN401
    """Return a socket that is connected, or raise GuestError: it must be routed from here."""
    if by.remaining <= 0:
        raise DeadlineError(f"There is no time left to reach {name}.")
    (found,) = collect.these(session, vim.VirtualMachine, [machine], ["guest.net"])
    addresses = [str(one) for nic in found["guest.net"] or () for one in nic.ipAddress or ()]
    for address in addresses:
        try:
            return socket.create_connection((address, port), timeout=by.remaining)
        except OSError:
            continue
    raise GuestError(
        f"Nothing answers on port {port} of {name}.",
        details=f"tried: {', '.join(addresses) or 'no address is known'}",
        hint="Its network must be reachable from this machine: a management NIC may be.",
    )
