"""Judge what was seen of a machine: one check each; `subject` is what the check is needed for."""

import re
from dataclasses import replace
from pathlib import Path

from vipprov.guest.check import Check, Verdict
from vipprov.hv import storage
from vipprov.hv.host import daemon, packages
from vipprov.hv.host.bridgefilter import BridgeFilter
from vipprov.hv.host.cgroups import Cgroups, Layout
from vipprov.hv.host.packages import LXC, QEMU
from vipprov.hv.host.trial import Outcome

KERNEL = (4, 18)  # cgroup namespaces, and the controllers that systemd wants of cgroup v2
ROOM = 2_000_000_000
ANSWERS = "libvirt's daemon answers"


def user(uid: int) -> Check:
    """Say whether the checks could look everywhere."""
    return Check(
        id="user",
        subject=LXC,
        expected="root",
        seen="root" if uid == 0 else "an ordinary user, who cannot see everything",
        verdict=Verdict.PASS if uid == 0 else Verdict.UNKNOWN,
        next_move="" if uid == 0 else "sudo vipprov doctor",
    )


def kernel(release: str) -> Check:
    """Judge the kernel by its version."""
    match = re.match(r"(\d+)\.(\d+)", release)
    version = (int(match[1]), int(match[2])) if match else None
    enough = version is not None and version >= KERNEL
    return Check(
        id="kernel",
        subject=LXC,
        expected=f"Linux {KERNEL[0]}.{KERNEL[1]} or later",
        seen=f"Linux {release}",
        verdict=Verdict.UNKNOWN if version is None else _verdict(works=enough),
        next_move="" if enough else "Run a newer kernel.",
    )


def binding(*, found: bool) -> Check:
    """Judge whether Python can speak to libvirt."""
    install = _install(packages.BINDING)
    return Check(
        id=packages.BINDING,
        subject=LXC,
        expected="can be imported",
        seen="can be imported" if found else "is not installed",
        verdict=_verdict(works=found),
        next_move="" if found else f"{install} && {packages.PIP}",
    )


def lxc(outcome: Outcome) -> Check:
    """Judge libvirt's container driver."""
    return _answering("lxc", _tried("libvirt.lxc", LXC, ANSWERS, outcome))


def qemu(outcome: Outcome) -> Check:
    """Judge libvirt's QEMU driver."""
    return _answering("qemu", _tried("libvirt.qemu", QEMU, ANSWERS, outcome))


def nwfilter(outcome: Outcome) -> Check:
    """Judge libvirt's packet filters by one that every installation brings along."""
    expected = "filters can be listed, clean-traffic among them"
    if outcome.verdict is not Verdict.PASS:
        return _answering("nwfilter", _tried("libvirt.nwfilter", LXC, expected, outcome))
    found = "clean-traffic" in outcome.seen.split()
    seen = "clean-traffic is there" if found else "there is no clean-traffic"
    return _tried(
        "libvirt.nwfilter", LXC, expected, Outcome(verdict=_verdict(works=found), seen=seen)
    )


def control_groups(seen: Cgroups) -> Check:
    """Judge the control groups as libvirt sees them: it trips over version 2 beside version 1."""
    view = seen.seen_by_libvirt or seen.layout
    harmless = view is Layout.HYBRID and not seen.unified_controllers
    works = view in (Layout.V1, Layout.V2) or harmless
    told = f", {view.value} for libvirt" if seen.seen_by_libvirt else ""
    return Check(
        id="cgroups",
        subject=LXC,
        expected="v1 or v2 alone where libvirt looks",
        seen=f"{seen.layout.value}{told}",
        verdict=_verdict(works=works),
        cause="" if works else "libvirt cannot start containers on a hybrid layout",
        next_move="" if works else "scripts/libvirtd start gives the daemon a view of its own.",
    )


def macvlan(outcome: Outcome) -> Check:
    """Judge the link under every virtual MAC."""
    return _tried("macvlan", LXC, "the kernel makes a private macvlan", outcome)


def overlay(outcome: Outcome) -> Check:
    """Judge the file system that lets containers share an image."""
    return _tried("overlayfs", LXC, f"an overlay below {storage.root()}", outcome)


def kvm(outcome: Outcome) -> Check:
    """Judge hardware virtualisation; without it QEMU still works, slowly."""
    return _tried("kvm", QEMU, "a virtual CPU runs", outcome)


def bridge_filter(seen: BridgeFilter) -> Check:
    """Judge whether guests on one bridge can reach one another."""
    unread = seen.chains is None
    cut = bool(seen.cuts)
    calls = f"{', '.join(seen.on)} = 1" if seen.on else "bridged packets are not filtered"
    chains = "chains unread" if unread else "no chain drops" if not cut else ", ".join(seen.cuts)
    return Check(
        id="bridge-filter",
        subject=LXC,
        expected="the FORWARD chain lets bridged packets pass",
        seen=f"{calls}; {chains}" if seen.on else calls,
        verdict=Verdict.UNKNOWN if unread else _verdict(works=not cut),
        cause="its policy is DROP, and bridged packets go through it" if cut else "",
        next_move=f"sysctl -w net.bridge.{seen.on[0]}=0" if cut else "",
    )


def room(folder: Path, free: int) -> Check:
    """Judge the space for images and machines."""
    return Check(
        id="disk",
        subject=LXC,
        expected=f"{ROOM / 1e9:.0f} GB free below {folder}",
        seen=f"{free / 1e9:.1f} GB free",
        verdict=_verdict(works=free >= ROOM),
        next_move="" if free >= ROOM else f"Free some, or set {storage.VARIABLE} to another disk.",
    )


def tool(name: str, subject: str, path: str | None) -> Check:
    """Judge a program by whether it is found."""
    return Check(
        id=f"tool.{name}",
        subject=subject,
        expected="is installed",
        seen=path or "is not installed",
        verdict=_verdict(works=path is not None),
        next_move="" if path else _install(f"tool.{name}"),
    )


def _tried(check_id: str, subject: str, expected: str, outcome: Outcome) -> Check:
    failed = outcome.verdict is Verdict.FAIL
    return Check(
        id=check_id,
        subject=subject,
        expected=expected,
        seen=outcome.seen,
        verdict=outcome.verdict,
        next_move=_install(check_id) if failed else "",
    )


def _answering(driver: str, check: Check) -> Check:
    """Have a daemon started that is there and does not answer, and not installed anew."""
    silent = check.verdict is Verdict.FAIL and daemon.installed(driver)
    return replace(check, next_move=_start()) if silent else check


def _start() -> str:
    return "systemctl start libvirtd" if _systemd_runs() else "scripts/libvirtd start"


def _install(check_id: str) -> str:
    return packages.line(check_id)


def _systemd_runs() -> bool:
    return Path("/run/systemd/system").is_dir()


def _verdict(*, works: bool) -> Verdict:
    return Verdict.PASS if works else Verdict.FAIL
