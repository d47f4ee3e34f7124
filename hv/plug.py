"""Plug a socket into a bridge, in a network namespace that has no name.

The namespace lives as long as the socket, and the cable as long as the namespace. So whatever ends
this process, SIGKILL included, leaves nothing behind.
"""

import ctypes
import fcntl
import os
import secrets
import socket
import struct
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from pathlib import Path

from pyroute2 import IPRoute
from pyroute2.netlink.exceptions import NetlinkError

from vipprov.guest.deadline import Deadline
from vipprov.guest.errors import DeadlineError, HypervisorError, MissingError

CLONE_NEWNET = 0x40000000
ETH_P_ALL = 3
IFF_UP = 1
SIOCSIFFLAGS = 0x8914

_INSIDE = "eth0"
_FORWARDING = "3"
_PATIENCE = 2.0
_NET = Path("/sys/class/net")
_IPV6 = Path("/proc/sys/net/ipv6/conf")


@contextmanager
def plugged(bridge: str, *, by: Deadline) -> Iterator[socket.socket]:
    """Yield a raw socket that sends and receives every frame of a new port of the bridge."""
    with ExitStack() as undo:
        wire, namespace = _in_thread_of_its_own()
        undo.callback(wire.close)
        undo.callback(os.close, namespace)
        port = undo.enter_context(_cable(bridge, namespace))
        fcntl.ioctl(wire, SIOCSIFFLAGS, struct.pack("16sH14x", _INSIDE.encode(), IFF_UP))
        wire.bind((_INSIDE, ETH_P_ALL))
        _await_forwarding(bridge, port, by=by.within(_PATIENCE))
        yield wire


def _in_thread_of_its_own() -> tuple[socket.socket, int]:
    # A namespace is entered by a thread; one that has ended can do no other work in it by mistake.
    with ThreadPoolExecutor(max_workers=1) as helper:
        return helper.submit(_namespace).result()


def _namespace() -> tuple[socket.socket, int]:
    """Enter a new network namespace; return a socket in it and a descriptor of it."""
    # os.unshare exists from Python 3.12 on.
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.unshare(CLONE_NEWNET) != 0:
        raise HypervisorError(
            "Could not make a network namespace for the observer.",
            details=os.strerror(ctypes.get_errno()),
            hint="Run as root, or with the capabilities CAP_SYS_ADMIN and CAP_NET_ADMIN.",
        )
    for scope in ("all", "default"):
        _without_ipv6(scope)
    # No protocol yet: it hears nothing before it is bound to the cable.
    wire = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, 0)
    return wire, os.open("/proc/thread-self/ns/net", os.O_RDONLY)


@contextmanager
def _cable(bridge: str, namespace: int) -> Iterator[str]:
    name = f"vpo{secrets.token_hex(4)}"
    try:
        _lay(bridge, name, namespace)
        yield name
    finally:
        # A netlink socket belongs to the thread that opened it, and the block may end in another.
        with _translated(bridge), IPRoute() as netlink:
            for port in netlink.link_lookup(ifname=name):
                netlink.link("del", index=port)


def _lay(bridge: str, name: str, namespace: int) -> None:
    with _translated(bridge), IPRoute() as netlink:
        index = _bridge(netlink, bridge)
        peer = {"ifname": _INSIDE, "net_ns_fd": namespace}
        netlink.link("add", ifname=name, kind="veth", peer=peer)
        _without_ipv6(name)
        (port,) = netlink.link_lookup(ifname=name)
        netlink.link("set", index=port, state="up", ifalias="vipprov observer")
        netlink.link("set", index=port, master=index)


def _bridge(netlink: IPRoute, name: str) -> int:
    found: list[int] = netlink.link_lookup(ifname=name)
    if not found:
        raise MissingError(
            f"There is no bridge {name!r} to observe from.", hint="`ip link` shows those there are."
        )
    if not (_NET / name / "bridge").is_dir():
        raise HypervisorError(f"{name!r} is no bridge, so no observer can be plugged into it.")
    return found[0]


def _await_forwarding(bridge: str, port: str, *, by: Deadline) -> None:
    state = _NET / port / "brport" / "state"
    try:
        by.poll(
            lambda: state.read_text().strip() == _FORWARDING or None, what="the port", every=0.01
        )
    except DeadlineError as error:
        raise HypervisorError(
            f"A new port of the bridge {bridge!r} does not forward.",
            hint=f"Set it up (`ip link set {bridge} up`), and its spanning tree protocol off.",
        ) from error


def _without_ipv6(scope: str) -> None:
    """Keep the kernel from speaking IPv6 by itself; a kernel without IPv6 has no such file."""
    switch = _IPV6 / scope / "disable_ipv6"
    if switch.exists():
        switch.write_text("1")


@contextmanager
def _translated(bridge: str) -> Iterator[None]:
    """Raise our error for whatever netlink refuses inside the block."""
    try:
        yield
    except NetlinkError as error:
        raise HypervisorError(
            f"Could not plug an observer into the bridge {bridge!r}.", details=str(error)
        ) from error
