"""Every fault that a method we call declares has a line of its own in the table."""

import ast
import ssl
from http.client import RemoteDisconnected
from pathlib import Path
from socket import gaierror

import pytest
from pyVmomi import VmomiSupport, vim, vmodl

from vipprov.guest.errors import DeadlineError, HypervisorError, MissingError, VipprovError
from vipprov.hv.switchgroup import ForbiddenError, StaleError
from vipprov.hv.vsphere import faults
from vsphere.methods import CALLED

ADAPTER = Path(faults.__file__).parent


def called() -> set[str]:
    """Return the methods that the adapter's source calls and that vSphere has."""
    known = {name for kind in set(CALLED.values()) for name in dir(kind)}
    trees = (ast.parse(path.read_text(encoding="utf-8")) for path in ADAPTER.glob("*.py"))
    attributes = {
        node.attr for tree in trees for node in ast.walk(tree) if isinstance(node, ast.Attribute)
    }
    own = {"DropConnections"}  # of the connection; a machine has a method of the same name
    return {name for name in attributes & known - own if name[0].isupper()}


def test_list_of_called_methods_is_that_of_the_source() -> None:
    assert called() == set(CALLED)


@pytest.mark.parametrize("name", CALLED)
def test_table_covers_what_the_method_declares(name: str) -> None:
    declared = getattr(CALLED[name], name).info.faults
    too_general = {vmodl.MethodFault, vmodl.RuntimeFault}
    for fault in map(VmomiSupport.GetVmodlType, declared):
        covered = next(kind for kind in fault.__mro__ if kind in faults.FAULTS)
        assert covered not in too_general, f"{name} declares {fault.__name__}"


@pytest.mark.parametrize(
    ("fault", "kind"),
    [
        (vim.fault.ConcurrentAccess(), StaleError),
        (vim.fault.NoPermission(), ForbiddenError),
        (vmodl.fault.ManagedObjectNotFound(), MissingError),
        (vim.fault.Timedout(), DeadlineError),
        (vmodl.fault.InvalidArgument(), HypervisorError),
        (RemoteDisconnected("gone"), HypervisorError),
        (ConnectionRefusedError(), HypervisorError),
        (TimeoutError(), DeadlineError),
        (gaierror(), HypervisorError),
        (ssl.SSLCertVerificationError(), HypervisorError),
        (BrokenPipeError(), HypervisorError),
    ],
)
def test_fault_becomes_an_error_of_ours(fault: Exception, kind: type[VipprovError]) -> None:
    with pytest.raises(kind, match=r"Could not do it\.") as raised, faults.translated("do it"):
        raise fault
    assert type(raised.value) is kind


def test_causes_and_missing_privileges_are_told() -> None:
    cause = vim.fault.NoPermission(privilegeId="Host.Config.Network", msg="denied")
    error = faults.ours(vim.fault.HostConfigFault(msg="failed", faultCause=cause), "do it")
    assert error.details.splitlines() == [
        "vSphere: HostConfigFault: failed",
        "vSphere: NoPermission: denied",
        "missing privilege: Host.Config.Network",
    ]
