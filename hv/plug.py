"""Plug a socket that sees every frame into a bridge, in a network namespace that has no name."""

import os
import socket
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

from vipprov.guest.deadline import Deadline
from vipprov.guest.errors import DeadlineError, HypervisorError, MissingError
from vipprov.hv import cable

ETH_P_ALL = 3
ALIAS = "vipprov-observer"

_FORWARDING = "3"
_PATIENCE = 2.0


@contextmanager
def plugged(bridge: str, *, by: Deadline) -> Iterator[socket.socket]:
    """Yield a raw socket that sends and receives every frame of a new port of the bridge."""
    _demand_bridge(bridge)
    with ExitStack() as undo:
        wire, namespace = cable.namespace(_deaf_socket)
        undo.callback(wire.close)
        undo.callback(os.close, namespace)
        port = cable.lay(bridge, namespace, alias=ALIAS, by=by)
        undo.callback(cable.take_away, port, by=by)
        cable.bring_up(wire)
        wire.bind((cable.INSIDE, ETH_P_ALL))
        _await_forwarding(bridge, port, by=by.within(_PATIENCE))
        yield wire


def _demand_bridge(name: str) -> None:
    if not (cable.NET / name).is_dir():
        raise MissingError(
            f"There is no bridge {name!r} to observe from.", hint="`ip link` shows those there are."
        )
    if not (cable.NET / name / "bridge").is_dir():
        raise HypervisorError(f"{name!r} is no bridge, so no observer can be plugged into it.")


def _deaf_socket() -> socket.socket:
    """Return a socket with no protocol yet: it hears nothing before it is bound to the cable."""
    for scope in ("all", "default"):
        cable.without_ipv6(scope)
    return socket.socket(socket.AF_PACKET, socket.SOCK_RAW, 0)


def _await_forwarding(bridge: str, port: str, *, by: Deadline) -> None:
    state = cable.NET / port / "brport" / "state"
    try:
        by.poll(
            lambda: state.read_text().strip() == _FORWARDING or None, what="the port", every=0.01
        )
    except DeadlineError as error:
        raise HypervisorError(
            f"A new port of the bridge {bridge!r} does not forward.",
            hint=f"Set it up (`ip link set {bridge} up`), and its spanning tree protocol off.",
        ) from error
