"""Look at a pair once: guests, ports and port groups side by side."""

from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor, as_completed
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Protocol

from vipprov.guest.deadline import Deadline
from vipprov.guest.fabric import FabricSight
from vipprov.guest.observation import (
    ClientObservation,
    GuestObservation,
    Observations,
    PortObservation,
    PortPolicy,
)
from vipprov.guest.pair import Address, Guest, Pair
from vipprov.hv.machines import Guests
from vipprov.hv.portgroup import Port, PortState
from vipprov.pipelines import inside, ports, segment
from vipprov.pipelines.earlylooks import EarlyLooks
from vipprov.pipelines.ports import ShowsPorts
from vipprov.pipelines.posting import Posts
from vipprov.pipelines.roles import Owned

Fabric = Callable[[Deadline], FabricSight | None]
"""Returns what the fabric shows of itself; None where there is none that can be asked."""
Clients = Callable[[Deadline], tuple[ClientObservation, ...]]
"""Returns what clients of the virtual addresses believe and reach."""


class Ground(Protocol):
    """What a look needs of a hypervisor."""

    @property
    def machines(self) -> Guests: ...

    @property
    def port_groups(self) -> ShowsPorts: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Around:
    """What is looked at beyond the pair and its port groups."""

    fabric: Fabric
    clients: Clients


@dataclass(frozen=True, slots=True, kw_only=True)
class Begun:
    """What a look begins with: who was MASTER of what just now, and what was seen before."""

    owned: Owned
    early: EarlyLooks


def nobody(_by: Deadline) -> tuple[ClientObservation, ...]:
    """Ask no client."""
    return ()


def observe(
    pair: Pair,
    ground: Ground,
    posts: Posts,
    *,
    by: Deadline,
    around: Around,
    begun: Begun | None = None,
) -> Observations:
    """Return what every vantage point sees.

    The fabric comes before all that lets the owner speak, and so tells the fabric anew where it is.
    A look that fails or is interrupted ends at once, and with it those that were begun before.
    """
    machines, port_groups, by = ground.machines, ground.port_groups, by.apart()

    def outside() -> tuple[Address, ...]:
        sight.result()
        return tuple(address for post in posts() for address in post.own)

    def within(guest: Guest) -> GuestObservation:
        owned = None if begun is None else begun.owned.get(guest.name)
        if begun is not None and owned is not None:
            seen = begun.early.seen(guest, owned, by=by)
            if seen is not None:
                return seen
        return inside.observe(pair, guest, machines, outside, by=by, owned=owned)

    with ThreadPoolExecutor(max_workers=2 + 3 * len(pair.guests)) as pool, _ending(by, begun):
        sight = pool.submit(around.fabric, by)
        guests = [pool.submit(within, guest) for guest in pair.guests]
        shown = [pool.submit(_ports, guest, port_groups) for guest in pair.guests]
        sight.result()
        believing = pool.submit(around.clients, by)
        segments = [pool.submit(segment.observe, pair, post, by=by) for post in posts()]
        parts: list[Future[Any]] = [*guests, *shown, believing, *segments]
        for part in as_completed(parts):
            part.result()  # the first failure is raised when it happens
        return Observations(
            guests=tuple(future.result() for future in guests),
            segments=tuple(future.result() for future in segments),
            ports=tuple(port for future in shown for port in future.result()),
            fabric=sight.result(),
            clients=believing.result(),
        )


@contextmanager
def _ending(by: Deadline, begun: Begun | None) -> Iterator[None]:
    """Let what still goes on end now if the block fails: nobody wants to know any more."""
    try:
        yield
    except BaseException:
        by.cancel()
        if begun is not None:
            begun.early.cancel()
        raise


def _ports(guest: Guest, port_groups: ShowsPorts) -> tuple[PortObservation, ...]:
    return tuple(_port(guest, port) for port in ports.under_vip(guest, port_groups))


def _port(guest: Guest, port: Port) -> PortObservation:
    record = port.record
    opened = None if record is None else record.opened_in_force or record.opened
    return PortObservation(
        guest=guest.name,
        port_group=port.port_group,
        configured=_policy(port.configured),
        in_force=None if port.in_force is None else _policy(port.in_force),
        recorded=None if opened is None else _policy(opened),
        obstacles=port.obstacles,
        pinned_macs=port.pinned_macs,
        unhooked=port.unhooked,
        settings=_settings(port),
    )


def _settings(port: Port) -> tuple[str, ...]:
    """Return what the port group does to this port, where that has no state of its own."""
    if port.in_force is not None or port.configured.filter is not None:
        return ()
    words = (
        ("promiscuous", port.settings.promiscuous),
        ("forged transmits", port.settings.forged_transmits),
    )
    return tuple(f"{name} {setting.value}" for name, setting in words if setting is not None)


def _policy(state: PortState) -> PortPolicy:
    return PortPolicy(
        filter=None if state.filter is None else state.filter.name,
        learning=state.learning,
        flood=state.flood,
        isolated=state.isolated,
    )
