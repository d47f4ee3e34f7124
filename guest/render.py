"""All that one guest needs to play its part, put together."""

from pathlib import PurePosixPath

from vipprov.guest import (
    addresses,
    keepalived,
    modules,
    networkd,
    notify,
    packages,
    promisc,
    sysctl,
)
from vipprov.guest.configuration import Configuration, GuestFile
from vipprov.guest.pair import Guest, Pair

KEEPALIVED_CONF = PurePosixPath("/etc/keepalived/keepalived.conf")
KEEPALIVED = "keepalived.service"

# Every file that a guest may have or not, as its pair says; one that is not wanted is removed.
_OWNED = (
    modules.LOAD,
    modules.OPTIONAL,
    sysctl.PATH,
    notify.SCRIPT,
    promisc.PATH,
    KEEPALIVED_CONF,
)


def owned(configuration: Configuration) -> tuple[PurePosixPath, ...]:
    """Return every file that this guest has, or that it had by another pair file."""
    return tuple(dict.fromkeys((*(file.path for file in configuration.files), *_OWNED)))


def configuration(pair: Pair, guest: Guest) -> Configuration:
    """Return the files, packages and units of this guest, and what its first boot has to run.

    cloud-init writes the files before network-online.target, and keepalived starts after it: where
    the package is installed and enabled already, it comes up by itself with its configuration, on
    the first boot as on all later ones. `at_first_boot` brings the rest to the same state.
    """
    enable = (*promisc.units(pair), KEEPALIVED)
    return Configuration(
        files=(
            *modules.files(),
            sysctl.file(pair, guest),
            notify.file(),
            *promisc.files(pair),
            *networkd.files(pair, guest),
            GuestFile(path=KEEPALIVED_CONF, content=keepalived.render(pair, guest)),
        ),
        packages=packages.wanted(pair),
        enable=enable,
        at_every_boot=(addresses.await_usable(pair, guest),),
        at_first_boot=(
            packages.install_missing(pair),
            *packages.listen(pair),
            modules.LOAD_NOW,
            networkd.APPLY,
            ("sh", "-c", sysctl.APPLY),
            *(_enabled(unit) for unit in enable),
            *(("systemctl", "start", "--no-block", unit) for unit in enable),
        ),
    )


def _enabled(unit: str) -> tuple[str, ...]:
    # Debian's `systemctl enable` runs the SysV tools as well, for seconds on a slow guest.
    return ("sh", "-c", f"systemctl -q is-enabled {unit} || systemctl -q enable {unit}")
