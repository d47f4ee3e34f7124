"""A client: a host in a network namespace of this machine, asked what it believes and reaches."""

import os
import subprocess
from collections.abc import Sequence
from functools import partial
from ipaddress import ip_address
from pathlib import Path
from typing import Any

from vipprov.guest import echo
from vipprov.guest.deadline import Deadline
from vipprov.guest.errors import GuestError, HypervisorError, MissingError
from vipprov.guest.observation import Belief, ClientObservation, EchoResult
from vipprov.guest.pair import Address
from vipprov.hv import namespace
from vipprov.hv.fabric import links

RUN = Path("/run/netns")
PING_SECONDS = 1.0
# What the kernel has given up on, or is still asking for, it sends nothing to.
NUD_INCOMPLETE, NUD_FAILED = 0x01, 0x20


def observe(name: str, addresses: Sequence[Address], *, by: Deadline) -> ClientObservation:
    """Let the client ping the addresses, and return behind which MACs its kernel has them."""
    place = RUN / name
    if not os.path.ismount(place):
        raise MissingError(
            f"There is no network namespace {name!r}.", hint="`ip netns list` shows them."
        )
    try:
        reached = namespace.within(place, partial(_ping, addresses, by=by))
        beliefs = namespace.within(place, partial(_beliefs, frozenset(addresses)))
    except (GuestError, HypervisorError, subprocess.TimeoutExpired) as error:
        return ClientObservation(client=name, error=str(error))
    return ClientObservation(client=name, beliefs=beliefs, echoes=reached)


def _ping(targets: Sequence[Address], *, by: Deadline) -> tuple[EchoResult, ...]:
    done = subprocess.run(
        echo.command(targets, seconds=PING_SECONDS),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
        timeout=by.remaining,
    )
    return echo.parse(targets, done.stdout)


def _beliefs(wanted: frozenset[Address]) -> tuple[Belief, ...]:
    with links.netlink("ask a client for its neighbours") as opened:
        found = tuple(_belief(message) for message in opened.get_neighbours())
    return tuple(one for one in found if one is not None and one.address in wanted)


def _belief(message: Any) -> Belief | None:  # noqa: ANN401  untyped SDK
    address, mac = message.get("dst"), message.get("lladdr")
    if address is None or mac is None or message["state"] & (NUD_INCOMPLETE | NUD_FAILED):
        return None
    return Belief(address=ip_address(address), mac=mac)
