"""Which Debian packages heal which check, and the one line that installs them."""

from collections.abc import Iterable

from vipprov.guest.check import Check, Verdict

LXC = "lxc:///system"
QEMU = "qemu:///system"
EVPN = "lab --kind evpn"
TESTS = "tests"

# Without libvirt-daemon-system there is no user libvirt-qemu, and the daemon ends at its start.
DAEMON = (
    "libvirt-daemon-system",
    "libvirt-daemon-driver-lxc",
    "libvirt-daemon-config-nwfilter",
    "libvirt-clients",
)
# It is compiled against the libvirt that is installed.
BINDING = "libvirt-python"
PIP = "pip install 'vipprov[libvirt]'"
PACKAGES = {
    BINDING: ("libvirt-dev", "python3-dev", "gcc", "pkg-config"),
    "libvirt.lxc": DAEMON,
    "libvirt.nwfilter": DAEMON,
    "libvirt.qemu": (*DAEMON, "libvirt-daemon-driver-qemu"),
    "tool.ebtables": ("ebtables",),
    "tool.mmdebstrap": ("mmdebstrap",),
    "tool.setpriv": ("util-linux",),
    "tool.ssh": ("openssh-client",),
    "tool.virsh": ("libvirt-clients",),
    "tool.keepalived": ("keepalived",),
    "tool.bgpd": ("frr",),
    "tool.cloud-init": ("cloud-init",),
    "tool.xorriso": ("xorriso",),
    "tool.qemu-img": ("qemu-utils",),
    "tool.qemu-system-x86_64": ("qemu-system-x86",),
}
APT = "apt-get install --no-install-recommends"


def line(check_id: str) -> str:
    """Return the command that installs what this check wants; empty if no package does."""
    return _line(PACKAGES.get(check_id, ()))


def line_for(checks: Iterable[Check], subject: str) -> str:
    """Return one command for all that fails of one subject; empty if no package is missing."""
    failed = [
        check.id
        for check in checks
        if check.verdict is Verdict.FAIL and check.subject == subject and APT in check.next_move
    ]
    wanted = (PACKAGES.get(check_id, ()) for check_id in failed)
    compiled = PIP if BINDING in failed else ""
    return " && ".join(filter(None, (_line(name for names in wanted for name in names), compiled)))


def _line(packages: Iterable[str]) -> str:
    names = dict.fromkeys(packages)
    return f"{APT} {' '.join(names)}" if names else ""
