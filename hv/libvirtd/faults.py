"""Turn libvirt's errors into ours, at one edge, from one table."""

import os
from collections.abc import Iterator
from contextlib import contextmanager

import libvirt

from vipprov.guest.errors import DeadlineError, HypervisorError, MissingError, VipprovError

_UNREACHED = (
    "Does it run? `systemctl start libvirtd`, or `scripts/libvirtd start` in a checkout;"
    " `vipprov doctor` says what is missing."
)
FAULTS: dict[int, tuple[type[VipprovError], str]] = {
    libvirt.VIR_ERR_NO_DOMAIN: (MissingError, "`vipprov vm list` shows what there is."),
    libvirt.VIR_ERR_NO_DOMAIN_METADATA: (MissingError, ""),
    libvirt.VIR_ERR_NO_NETWORK: (MissingError, "`virsh net-list --all` shows the networks."),
    libvirt.VIR_ERR_NO_NWFILTER: (MissingError, "`virsh nwfilter-list` shows the filters."),
    libvirt.VIR_ERR_NO_NWFILTER_BINDING: (MissingError, ""),
    libvirt.VIR_ERR_OPERATION_TIMEOUT: (DeadlineError, ""),
    libvirt.VIR_ERR_AUTH_FAILED: (
        HypervisorError,
        "Run as root, or join the group that may use libvirt's socket.",
    ),
    libvirt.VIR_ERR_ACCESS_DENIED: (
        HypervisorError,
        "Ask for the right in libvirt's polkit rules.",
    ),
    libvirt.VIR_ERR_NO_CONNECT: (HypervisorError, _UNREACHED),
    libvirt.VIR_ERR_SYSTEM_ERROR: (HypervisorError, _UNREACHED),
}


@contextmanager
def translated(doing: str) -> Iterator[None]:
    """Raise our error for whatever libvirt raises inside the block."""
    try:
        yield
    except libvirt.libvirtError as error:
        kind, hint = FAULTS.get(error.get_error_code(), (HypervisorError, ""))
        if kind is HypervisorError and os.geteuid() != 0:
            hint = "Run vipprov as root: sudo vipprov …"
        raise kind(f"Could not {doing}.", details=f"libvirt: {error}", hint=hint) from error
