"""Turn the faults of vSphere, and of the way to it, into ours, at one edge, from one table."""

import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from http.client import HTTPException
from socket import gaierror
from xml.etree.ElementTree import ParseError
from xml.parsers.expat import ExpatError

from pyVmomi import vim, vmodl

from vipprov.guest.errors import (
    DeadlineError,
    GuestError,
    HypervisorError,
    MissingError,
    VipprovError,
)
from vipprov.hv.switchgroup import ForbiddenError, StaleError
from vipprov.hv.vsphere.access import CA, PASSWORD, THUMBPRINT

Ours = tuple[type[VipprovError], str]

_LATER = "Somebody else works on it; try again."

# The nearest ancestor of a fault counts.
FAULTS: dict[type[Exception], Ours] = {
    vim.fault.InvalidLogin: (
        HypervisorError,
        f"Look at the user, and at what {PASSWORD} refers to.",
    ),
    vim.fault.InvalidLocale: (HypervisorError, ""),
    vim.fault.NotAuthenticated: (
        HypervisorError,
        "The session ended twice; is its time-out short?",
    ),
    vim.fault.NoPermission: (ForbiddenError, "docs/vsphere.md lists what each role needs."),
    vim.fault.InvalidPrivilege: (HypervisorError, "docs/vsphere.md lists what each role needs."),
    vmodl.fault.SecurityError: (HypervisorError, ""),
    vmodl.fault.ManagedObjectNotFound: (MissingError, "It was removed meanwhile."),
    vim.fault.NotFound: (MissingError, "It was removed meanwhile."),
    vim.fault.ConcurrentAccess: (StaleError, _LATER),
    vim.fault.TaskInProgress: (StaleError, _LATER),
    vim.fault.ResourceInUse: (HypervisorError, _LATER),
    vim.fault.InvalidState: (HypervisorError, "Is the host connected, and not in maintenance?"),
    vim.fault.DvsFault: (HypervisorError, "Is the switch the same on all its hosts?"),
    vim.fault.HostConfigFault: (HypervisorError, "The host's own log says more."),
    vim.fault.VmConfigFault: (HypervisorError, "Does the template's hardware fit this host?"),
    vim.fault.CustomizationFault: (HypervisorError, ""),
    vim.fault.FileFault: (HypervisorError, "Look at the datastore: is it full, or read-only?"),
    vim.fault.InsufficientResourcesFault: (HypervisorError, "No host has room for the machine."),
    vim.fault.GuestOperationsFault: (GuestError, "Do VMware Tools run in the guest?"),
    vim.fault.Timedout: (DeadlineError, ""),
    vim.fault.AlreadyExists: (HypervisorError, _LATER),
    vim.fault.DuplicateName: (HypervisorError, _LATER),
    vim.fault.InvalidName: (MissingError, ""),
    vim.fault.VimFault: (HypervisorError, ""),
    vmodl.query.InvalidProperty: (HypervisorError, "Is this a very old vSphere?"),
    vmodl.RuntimeFault: (HypervisorError, ""),
    vmodl.MethodFault: (HypervisorError, ""),
}

ON_THE_WAY: dict[type[Exception], Ours] = {
    ssl.SSLCertVerificationError: (
        HypervisorError,
        f"Name its authority with {CA}, or its certificate with {THUMBPRINT}.",
    ),
    ssl.SSLError: (HypervisorError, f"Does TLS answer there, and is {CA} a file of certificates?"),
    gaierror: (HypervisorError, "Is the host's name right?"),
    ConnectionRefusedError: (HypervisorError, "Nothing listens there: is the port right?"),
    TimeoutError: (DeadlineError, "Does a firewall stand in between?"),
    HTTPException: (HypervisorError, "The connection was cut short; try again."),
    ExpatError: (HypervisorError, "What answers there is no vCenter and no ESXi host."),
    ParseError: (HypervisorError, "What answers there is no vCenter and no ESXi host."),
    KeyError: (HypervisorError, "pyVmomi does not know the answer's types: is there a newer one?"),
    OSError: (HypervisorError, ""),
}


@contextmanager
def translated(doing: str) -> Iterator[None]:
    """Raise our error for whatever is raised on the way to vSphere, or by it."""
    try:
        yield
    except vmodl.MethodFault as fault:
        raise ours(fault, doing) from fault
    except tuple(ON_THE_WAY) as error:
        kind, hint = _nearest(ON_THE_WAY, type(error))
        raise kind(f"Could not {doing}.", details=f"{error}", hint=hint) from error


def ours(fault: Exception, doing: str) -> VipprovError:
    """Return our error for this fault."""
    kind, hint = _nearest(FAULTS, type(fault))
    return kind(f"Could not {doing}.", details="\n".join(_told(fault)), hint=hint)


def _nearest(table: dict[type[Exception], Ours], kind: type[Exception]) -> Ours:
    return next(table[ancestor] for ancestor in kind.__mro__ if ancestor in table)


def _told(fault: object) -> Iterator[str]:
    """Tell the fault, what it says of itself, and what caused it."""
    name = type(fault).__name__.removeprefix("vim.fault.").removeprefix("vmodl.fault.")
    message = getattr(fault, "msg", None) or ""
    yield f"vSphere: {name}{f': {message}' if message and message != name else ''}"
    if (privilege := getattr(fault, "privilegeId", None)) is not None:
        yield f"missing privilege: {privilege}"
    for lacking in getattr(fault, "missingPrivileges", None) or ():
        yield f"missing privileges: {', '.join(lacking.privilegeIds)}"
    cause = getattr(fault, "faultCause", None)
    if cause is not None and cause is not fault:
        yield from _told(cause)
