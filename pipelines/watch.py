"""Watch a pair from every vantage point while something happens to it."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from typing import Protocol

from vipprov.guest import vrrp
from vipprov.guest.deadline import Deadline
from vipprov.guest.errors import HypervisorError
from vipprov.guest.pair import Address, Pair
from vipprov.guest.vrrp import Family
from vipprov.hv import frames, plug
from vipprov.hv.frames import Path
from vipprov.hv.probing import recorder, tap
from vipprov.hv.probing.orders import Orders
from vipprov.hv.probing.record import Record
from vipprov.hv.vantage import Vantages
from vipprov.pipelines import look, segment, verify
from vipprov.pipelines.look import Ground
from vipprov.pipelines.segment import Post
from vipprov.pipelines.sights import Sights

ASK_SECONDS = 2.0
START_SECONDS = 10.0


class Records(Protocol):
    """Something that records: what is there so far, and all of it at the end."""

    def records(self) -> tuple[Record, ...]: ...

    def stop(self) -> tuple[Record, ...]: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Aim:
    """A virtual address that is probed from an address of ours on a port group."""

    port_group: str
    vip: Address
    source: Address
    mac: str


@dataclass(slots=True, kw_only=True)
class Outlook:
    """A vantage point that probes; its aims are numbered as its sights are."""

    port_group: str
    aims: tuple[Aim, ...]
    recorder: Records
    sights: Sights = field(init=False)

    def __post_init__(self) -> None:
        self.sights = Sights(ways=tuple((aim.vip, aim.source) for aim in self.aims))


@dataclass(slots=True, kw_only=True)
class Watch:
    """The vantage points, and the tap on the guests' cables. `devices` tells whose those are."""

    pair: Pair
    ground: Ground
    outlooks: tuple[Outlook, ...]
    tap: Records
    macs: tuple[str, ...]
    tapped: Sights = field(default_factory=Sights)
    devices: dict[str, str] = field(default_factory=dict)

    def look(self) -> None:
        """Read what was recorded since the last look."""
        for outlook in self.outlooks:
            outlook.sights.take(outlook.recorder.records())
        self.tapped.take(self.tap.records(), macs=self.macs)

    def note_devices(self) -> None:
        """Remember which device is whose: a machine that starts anew gets a new one."""
        for guest in self.pair.guests:
            for port in look.ports(guest, self.ground.port_groups):
                if port.device is not None:
                    self.devices[port.device] = guest.name

    def stop(self) -> None:
        """End the recording and read the rest."""
        self.note_devices()
        for outlook in self.outlooks:
            outlook.sights.take(outlook.recorder.stop())
        self.tapped.take(self.tap.stop(), macs=self.macs)


@contextmanager
def watching(
    pair: Pair, ground: Ground, *, by: Deadline, besides: tuple[str, ...] = ()
) -> Iterator[Watch]:
    """Probe every virtual address from every port group of the pair, and from these besides."""
    vantages = verify.on_bridges(pair, ground.port_groups, by=by)
    macs = vrrp.virtual_macs(pair) or tuple(guest.mac for guest in pair.guests)
    with ExitStack() as stack:
        # It has to hear the answers to the first questions: they tell where the MACs are now.
        tapping = stack.enter_context(tap.tapped(macs))
        found = _aims(pair, vantages, besides, by=by)
        outlooks = tuple(
            _outlook(pair, ground, name, aims, stack, by=by) for name, aims in found.items()
        )
        watch = Watch(pair=pair, ground=ground, outlooks=outlooks, tap=tapping, macs=macs)
        watch.note_devices()
        started = by.within(START_SECONDS)
        for outlook in outlooks:
            started.poll(
                lambda outlook=outlook: outlook.recorder.records() or None,  # type: ignore[misc]
                what="a prober to start",
                every=0.01,
            )
        yield watch


def _outlook(
    pair: Pair,
    ground: Ground,
    port_group: str,
    aims: tuple[Aim, ...],
    stack: ExitStack,
    *,
    by: Deadline,
) -> Outlook:
    bridge = verify.bridge(pair, ground.port_groups, port_group)
    wire = stack.enter_context(plug.plugged(bridge, by=by))
    mac = frames.text(wire.getsockname()[4])
    paths = tuple(
        Path(source_mac=mac, target_mac=aim.mac, source=aim.source, target=aim.vip) for aim in aims
    )
    # The heir, too, may know the address of ours by the MAC of an earlier observer.
    orders = Orders(aims=paths, told=segment.guests(pair))
    recording = stack.enter_context(recorder.recording(wire, orders))
    return Outlook(port_group=port_group, aims=aims, recorder=recording)


def _aims(
    pair: Pair, vantages: Vantages, besides: tuple[str, ...], *, by: Deadline
) -> dict[str, tuple[Aim, ...]]:
    """Find a free address on every port group, and who answers for the virtual ones."""
    with segment.posts(pair, vantages, by=by, besides=besides) as posts:
        return {post.port_group: _aims_of(pair, post, by=by) for post in posts}


def _aims_of(pair: Pair, post: Post, *, by: Deadline) -> tuple[Aim, ...]:
    if post.vantage is None:
        raise HypervisorError(f"Nothing can be seen from {post.port_group}.", details=post.error)
    found = []
    for family in Family:
        vip = next((one.ip for one in pair.vip.addresses if one.version == family.value), None)
        source = next((one for one in post.own if one.version == family.value), None)
        if vip is None:
            continue
        if source is None:
            raise HypervisorError(f"{post.port_group}: {segment.NO_SOURCE}")
        answered = post.vantage.ask(vip, by=by.within(ASK_SECONDS)).macs
        if not answered:
            raise HypervisorError(
                f"Nobody answers for {vip} on {post.port_group}.",
                hint=f"`vipprov verify {pair.name}` tells why.",
            )
        found.append(Aim(port_group=post.port_group, vip=vip, source=source, mac=answered[0]))
    return tuple(found)
