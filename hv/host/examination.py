"""Look at this machine, and hand what is seen to the judges."""

import os
import platform
import shutil
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path

from vipprov.guest.check import Check
from vipprov.guest.deadline import Deadline
from vipprov.hv import storage
from vipprov.hv.host import cgroups, checks, daemon, firewall, trial
from vipprov.hv.host.packages import EVPN, LXC, QEMU, TESTS

ANSWER = 20.0  # libvirt's first look at QEMU takes long
TRIAL = 10.0
TOOLS = {
    "mmdebstrap": LXC,
    "ebtables": LXC,
    "setpriv": LXC,
    "ssh": LXC,
    "virsh": LXC,
    "bgpd": EVPN,
    "keepalived": TESTS,
    "cloud-init": TESTS,
    "xorriso": TESTS,
    "qemu-img": QEMU,
    "qemu-system-x86_64": QEMU,
}
# FRR keeps its daemons apart from the programs that people call.
SBIN = "/usr/sbin:/sbin:/usr/lib/frr:/usr/libexec/frr"

Look = Callable[[Deadline], Check]


def every() -> tuple[Look, ...]:
    """Return all checks, not yet made; they may be made side by side."""
    return (
        lambda _: checks.user(os.geteuid()),
        lambda _: checks.kernel(platform.release()),
        lambda _: checks.binding(found=find_spec("libvirt") is not None),
        lambda by: checks.lxc(daemon.ask(LXC, "uri", by=by.within(ANSWER))),
        lambda by: checks.nwfilter(daemon.ask(LXC, "nwfilter-list", by=by.within(ANSWER))),
        lambda _: checks.control_groups(cgroups.read()),
        lambda by: checks.macvlan(trial.attempt("macvlan", by=by.within(TRIAL))),
        lambda by: checks.overlay(
            trial.attempt("overlay", str(storage.root()), by=by.within(TRIAL))
        ),
        lambda by: checks.bridge_filter(firewall.read(by=by.within(TRIAL))),
        lambda _: checks.room(storage.root(), _free(storage.root())),
        *(_tool(name, subject) for name, subject in TOOLS.items()),
        lambda by: checks.qemu(daemon.ask(QEMU, "uri", by=by.within(ANSWER))),
        lambda by: checks.kvm(trial.attempt("kvm", by=by.within(TRIAL))),
    )


def _free(folder: Path) -> int:
    place = next(path for path in (folder, *folder.parents) if path.is_dir())
    return shutil.disk_usage(place).free


def _tool(name: str, subject: str) -> Look:
    path = os.pathsep.join(filter(None, (os.environ.get("PATH"), SBIN)))
    return lambda _: checks.tool(name, subject, shutil.which(name, path=path))
