"""Router advertisements: a NIC that was given its addresses takes none from whoever offers some.

cloud-init 22.4 leaves `accept-ra: false` out when it writes for systemd-networkd, so one stray
advertisement would give every guest an address and a default route that nobody asked for. Where
another renderer is at work nothing reads this file, and that renderer does as it was told.
"""

from pathlib import PurePosixPath

from vipprov.guest.configuration import GuestFile
from vipprov.guest.pair import Guest, Pair

# What cloud-init names its own file, to which a drop-in belongs.
FOLDERS = PurePosixPath("/etc/systemd/network")
_FOLDER = "10-cloud-init-{interface}.network.d"
_NAME = "vipprov.conf"

# Without the second line networkd takes the static addresses away for some 20 ms when it reads
# this, with what hangs on them (seen with systemd 252). What came by advertisement goes either way.
_CONTENT = """\
[Network]
IPv6AcceptRA=no
KeepConfiguration=static
"""

# By now networkd has read its files without ours. Where they are netplan's it is left alone:
# netplan writes them anew whenever systemd is reloaded, as by a package, and networkd then takes a
# NIC's addresses away for a moment to give them again. The owner's route to its subnet comes back
# behind that of its virtual MAC, and it speaks as the virtual address from then on (seen on
# Debian 12).
_APPLY = """\
set -- "$1"/10-cloud-init-*.network
[ -e "$1" ] && systemctl -q is-active systemd-networkd && networkctl reload || :"""
APPLY = ("sh", "-c", _APPLY, "sh", str(FOLDERS))


def files(pair: Pair, guest: Guest) -> tuple[GuestFile, ...]:
    """Return a file for each NIC of the guest that has static addresses."""
    nics = ((pair.interface, True), (pair.management_interface, guest.management_addresses))
    return tuple(
        GuestFile(path=FOLDERS / _FOLDER.format(interface=interface) / _NAME, content=_CONTENT)
        for interface, is_static in nics
        if is_static
    )


def is_ours(path: PurePosixPath) -> bool:
    """Say whether this is one of the files."""
    return path.match(str(FOLDERS / _FOLDER.format(interface="*") / _NAME))
