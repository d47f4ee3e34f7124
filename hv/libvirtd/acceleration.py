"""Whether this machine's processor runs guests itself, or QEMU has to emulate one."""

from enum import Enum

import libvirt

from vipprov.guest.check import Verdict
from vipprov.guest.deadline import Clock, Deadline
from vipprov.guest.errors import HypervisorError
from vipprov.hv.host import trial
from vipprov.hv.libvirtd.session import Session

TRIAL_SECONDS = 10.0
EMULATED = (
    "no hardware virtualisation: guests are emulated, "
    "expect about a minute to boot, with a stock image five"
)


class Acceleration(Enum):
    """How a guest's instructions are carried out; the value is libvirt's word for it."""

    HARDWARE = "kvm"
    SOFTWARE = "qemu"


def probed(session: Session, *, clock: Clock) -> Acceleration:
    """Run a few instructions in a virtual machine, and ask libvirt whether its QEMU may as well.

    /dev/kvm alone proves nothing: it may refuse, be slower than emulation, or be closed to the
    user that libvirt runs QEMU as.
    """
    tried = trial.attempt("kvm", by=Deadline.after(TRIAL_SECONDS, clock=clock))
    if tried.verdict is Verdict.PASS and _offered(session):
        return Acceleration.HARDWARE
    return Acceleration.SOFTWARE


def notice(acceleration: Acceleration) -> str:
    """Return what a person should know of it; nothing where all is as expected."""
    return EMULATED if acceleration is Acceleration.SOFTWARE else ""


def _offered(session: Session) -> bool:
    def ask() -> str:
        capabilities = session.connection.getDomainCapabilities
        return str(capabilities(None, "x86_64", "q35", libvirt.virDomainTypeKvm))

    try:
        session.call("ask for KVM", ask)
    except HypervisorError:
        return False
    return True
