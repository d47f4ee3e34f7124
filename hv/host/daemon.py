"""Whether libvirt's daemon answers, asked through virsh: that needs no Python binding."""

from pathlib import Path

from vipprov.guest.check import Verdict
from vipprov.guest.deadline import Deadline
from vipprov.hv.host import cgroups
from vipprov.hv.host.trial import Outcome, run

# What virsh says when somebody else could be told more.
CLOSED = ("Permission denied", "authentication", "access denied")


def installed(driver: str) -> bool:
    """Say whether a daemon with this driver is there to be started."""
    programs = any(Path("/usr/sbin", name).exists() for name in cgroups.DAEMONS)
    place = f"*/libvirt/connection-driver/libvirt_driver_{driver}.so"
    return programs and any(Path("/usr/lib").glob(place))


def ask(uri: str, *command: str, by: Deadline) -> Outcome:
    """Return what virsh came to: the last line of its output, or of its complaint."""
    try:
        completed = run(("virsh", "--quiet", "--connect", uri, *command), by=by)
    except FileNotFoundError:
        return Outcome(verdict=Verdict.UNKNOWN, seen="virsh is not installed")
    if completed is None:
        return Outcome(verdict=Verdict.FAIL, seen="did not answer in time")
    if completed.returncode == 0:
        return Outcome(verdict=Verdict.PASS, seen=completed.stdout.strip())
    complaint = completed.stderr.strip()
    closed = any(sign in complaint for sign in CLOSED)
    return Outcome(
        verdict=Verdict.UNKNOWN if closed else Verdict.FAIL,
        seen=complaint.splitlines()[-1]
        if complaint
        else f"virsh ended with {completed.returncode}",
    )
