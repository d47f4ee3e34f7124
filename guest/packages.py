"""Software that the guest needs and may lack."""

from vipprov.guest.pair import Pair

# The packages have these names in the Debian and in the Red Hat family; what else is used (ip,
# modprobe, sysctl) belongs to the base system of every image that boots systemd.
KEEPALIVED = ("keepalived", "keepalived")
AGENT = ("qemu-ga", "qemu-guest-agent")
VMS = "qemu:"

# cloud-init's `packages` asks the package sources first, whether or not anything is missing; a
# prepared image has to start without them.
_INSTALL = """\
missing=
while [ $# -gt 0 ]; do
    command -v "$1" >/dev/null || missing="$missing $2"
    shift 2
done
[ -n "$missing" ] || exit 0
if command -v apt-get >/dev/null; then
    apt-get -qy update && DEBIAN_FRONTEND=noninteractive apt-get -qy install $missing
else
    "$(command -v dnf || command -v yum)" -qy install $missing
fi"""
# Enterprise Linux forbids its agent to run commands, under a name that changed with the releases.
# Debian's is started by udev, for a device that was there long before the package.
_LISTEN = """\
unit=qemu-guest-agent.service
if grep -qsE "$2" "$1"; then
    sed -i -E "/$2/d" "$1"
    systemctl stop $unit
fi
systemctl -q is-active $unit || systemctl start --no-block $unit"""
_AGENT_SETTINGS = "/etc/sysconfig/qemu-ga"
_FORBIDS = "^(BLACKLIST_RPC|BLOCK_RPCS|FILTER_RPC_ARGS)="
LISTEN = ("sh", "-c", _LISTEN, "sh", _AGENT_SETTINGS, _FORBIDS)


def install_missing(pair: Pair) -> tuple[str, ...]:
    """Return the command that installs what the guest lacks; without a lack it is over at once.

    A VM is asked and told everything after its boot through its guest agent.
    """
    needed = (KEEPALIVED, AGENT) if pair.hypervisor.startswith(VMS) else (KEEPALIVED,)
    return ("sh", "-c", _INSTALL, "sh", *(word for pair in needed for word in pair))


def listen(pair: Pair) -> tuple[tuple[str, ...], ...]:
    """Return the command that makes the agent of a VM listen for commands; none for a container."""
    return (LISTEN,) if pair.hypervisor.startswith(VMS) else ()


def wanted(pair: Pair) -> tuple[str, ...]:
    """Return what cloud-init is to bring up to date; nothing unless the pair file says so."""
    return (KEEPALIVED[1],) if pair.packages_update else ()
