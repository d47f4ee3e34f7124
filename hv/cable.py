"""A cable into a bridge, from a network namespace that has no name.

The namespace lives as long as the socket in it, and the cable as long as the namespace. So whatever
ends the process that holds the socket, SIGKILL included, leaves nothing behind.
"""

import ctypes
import fcntl
import os
import secrets
import socket
import struct
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path

from vipprov.guest.deadline import Deadline
from vipprov.guest.errors import HypervisorError
from vipprov.guest.undo import Undo
from vipprov.hv import iplink

INSIDE = "eth0"
IPV6 = Path("/proc/sys/net/ipv6/conf")
NET = Path("/sys/class/net")

CLONE_NEWNET = 0x40000000
IFF_UP = 1
SIOCSIFFLAGS = 0x8914

_PATIENCE = 2.0


def namespace(furnish: Callable[[], socket.socket]) -> tuple[socket.socket, int]:
    """Return the socket that `furnish` opens in a new namespace, and a descriptor of that.

    The caller closes both.
    """
    # A namespace is entered by a thread; one that has ended can do no other work in it by mistake.
    with ThreadPoolExecutor(max_workers=1) as helper:
        return helper.submit(_entered, furnish).result()


def lay(bridge: str, namespace: int, *, alias: str, by: Deadline) -> str:
    """Join the namespace's `eth0` to the bridge; return the name of the port that this makes."""
    name = f"vpo{secrets.token_hex(4)}"
    doing = f"plug a cable into the bridge {bridge}"
    end = ("peer", "name", INSIDE, "netns", f"/proc/self/fd/{namespace}")
    with Undo() as undo:
        undo.later(f"the cable {name}", partial(take_away, name, by=by))
        iplink.batch(
            [("link", "add", name, "type", "veth", *end)],
            doing=doing,
            by=by,
            descriptors=(namespace,),
        )
        without_ipv6(name)
        label = ("link", "set", name, "alias", alias)
        plug = ("link", "set", name, "master", bridge, "up")
        iplink.batch([label, plug], doing=doing, by=by)
    return name


def take_away(port: str, *, by: Deadline) -> None:
    """Remove the cable at once, also where the deadline has passed; quiet where it is gone."""
    if (NET / port).exists():
        soon = Deadline.after(_PATIENCE, clock=by.clock)
        iplink.batch([("link", "del", port)], doing=f"take away the cable {port}", by=soon)


def bring_up(wire: socket.socket) -> None:
    """Set up the end of the cable that lies in the socket's namespace."""
    fcntl.ioctl(wire, SIOCSIFFLAGS, struct.pack("16sH14x", INSIDE.encode(), IFF_UP))


def without_ipv6(scope: str) -> None:
    """Keep the kernel from speaking IPv6 by itself; a kernel without IPv6 has no such file."""
    switch = IPV6 / scope / "disable_ipv6"
    if switch.exists():
        switch.write_text("1")


def _entered(furnish: Callable[[], socket.socket]) -> tuple[socket.socket, int]:
    # os.unshare exists from Python 3.12 on.
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.unshare(CLONE_NEWNET) != 0:
        raise HypervisorError(
            "Could not make a network namespace to look from.",
            details=os.strerror(ctypes.get_errno()),
            hint="Run as root, or with the capabilities CAP_SYS_ADMIN and CAP_NET_ADMIN.",
        )
    return furnish(), os.open("/proc/thread-self/ns/net", os.O_RDONLY)
