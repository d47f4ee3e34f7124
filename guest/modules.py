"""Kernel modules: macvlan, which carries the virtual MAC, and `vmac`, which the article asks for.

`vmac` is a cipher, has nothing to do with VRRP and left Linux in 6.14. It is loaded after macvlan
where the kernel has it: a soft dependency, which modprobe and systemd pass over in silence where
it has not. (A name in modules-load.d that does not exist fails the boot unit of older systemds.)
"""

from pathlib import PurePosixPath

from vipprov.guest.configuration import GuestFile

LOAD = PurePosixPath("/etc/modules-load.d/vipprov.conf")
OPTIONAL = PurePosixPath("/etc/modprobe.d/vipprov.conf")

# A container has neither modules nor, often, modprobe: its kernel is the host's.
LOAD_NOW = ("sh", "-c", "modprobe -q macvlan 2>/dev/null || :")


def files() -> tuple[GuestFile, ...]:
    """Return what loads the modules at every boot."""
    return (
        GuestFile(path=LOAD, content="macvlan\n"),
        GuestFile(path=OPTIONAL, content="softdep macvlan post: vmac\n"),
    )
