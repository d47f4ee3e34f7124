"""Software that the guest needs and may lack."""

from vipprov.guest.pair import Pair

# The package has this name in the Debian and in the Red Hat family; what else is used (ip,
# modprobe, sysctl) belongs to the base system of every image that boots systemd.
NEEDED = ("keepalived",)

# cloud-init's `packages` asks the package sources first, whether or not anything is missing; a
# prepared image has to start without them.
_INSTALL = """\
command -v keepalived >/dev/null && exit
if command -v apt-get >/dev/null; then
    apt-get -qy update && DEBIAN_FRONTEND=noninteractive apt-get -qy install keepalived
else
    "$(command -v dnf || command -v yum)" -qy install keepalived
fi"""
INSTALL_MISSING = ("sh", "-c", _INSTALL)


def wanted(pair: Pair) -> tuple[str, ...]:
    """Return what cloud-init is to bring up to date; nothing unless the pair file says so."""
    return NEEDED if pair.packages_update else ()
