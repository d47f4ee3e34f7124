"""Watch a pair from every vantage point while something happens to it."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from typing import Protocol

from vipprov.guest import vrrp
from vipprov.guest.deadline import Deadline
from vipprov.guest.pair import Pair
from vipprov.hv import frames, plug
from vipprov.hv.frames import Path
from vipprov.hv.probing import bpf, recorder, tap
from vipprov.hv.probing.orders import PROBED_EVERY, Orders
from vipprov.hv.probing.record import Record
from vipprov.pipelines import aims, bridges, ports
from vipprov.pipelines.aims import Aim, Target
from vipprov.pipelines.look import Ground
from vipprov.pipelines.sidebyside import each
from vipprov.pipelines.sights import Sights

START_SECONDS = 10.0


class Records(Protocol):
    """Something that records: what is there so far, and all of it at the end."""

    def records(self) -> tuple[Record, ...]: ...

    def stop(self) -> tuple[Record, ...]: ...


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
    """The vantage points, and the tap on the guests' cables. `devices` tells whose those are.

    `owner` is the guest that had the virtual addresses when it began, and `is_disturbed` says
    whether anything was done to the pair since.
    """

    pair: Pair
    owner: str
    ground: Ground
    outlooks: tuple[Outlook, ...]
    tap: Records
    macs: tuple[str, ...]
    tapped: Sights = field(default_factory=Sights)
    devices: dict[str, str] = field(default_factory=dict)
    is_disturbed: bool = False

    def look(self) -> None:
        """Read what was recorded since the last look."""
        for outlook in self.outlooks:
            outlook.sights.take(outlook.recorder.records())
        self.tapped.take(self.tap.records(), macs=self.macs)

    @property
    def has_cables(self) -> bool:
        """Whether guests are plugged into this machine: of those elsewhere no cable is seen."""
        return bool(self.devices)

    def note_devices(self) -> None:
        """Remember which device is whose: a machine that starts anew gets a new one."""
        for guest in self.pair.guests:
            for port in ports.under_vip(guest, self.ground.port_groups):
                if port.device is not None:
                    self.devices[port.device] = guest.name

    def stop(self) -> None:
        """End the recording, all of it before any is read, and read the rest. May be repeated."""
        self.note_devices()
        every = (self.tap, *(outlook.recorder for outlook in self.outlooks))
        tapped, *recorded = each(every, lambda one: one.stop())
        for outlook, records in zip(self.outlooks, recorded, strict=True):
            outlook.sights.take(records)
        self.tapped.take(tapped, macs=self.macs)


@contextmanager
def watching(
    pair: Pair,
    ground: Ground,
    owner: str,
    *,
    by: Deadline,
    besides: tuple[str, ...] = (),
    interval: float = PROBED_EVERY,
) -> Iterator[Watch]:
    """Probe every virtual address from every port group of the pair, and from these besides.

    One of these may be the network of clients behind a lab's gateway. Probes to one address are
    `interval` seconds apart.
    """
    vantages = bridges.vantages(pair, ground.port_groups, by=by)
    macs = vrrp.virtual_macs(pair) or tuple(guest.mac for guest in pair.guests)
    with ExitStack() as stack:
        tapping = stack.enter_context(tap.tapped(macs))
        found = aims.found(pair, ground.port_groups, vantages, besides, by=by)
        outlooks = tuple(
            _outlook(pair, ground, target, stack, interval=interval, by=by) for target in found
        )
        watch = Watch(
            pair=pair, owner=owner, ground=ground, outlooks=outlooks, tap=tapping, macs=macs
        )
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
    target: Target,
    stack: ExitStack,
    *,
    interval: float,
    by: Deadline,
) -> Outlook:
    bridge = bridges.of(pair, ground.port_groups, target.port_group)
    wire = stack.enter_context(plug.plugged(bridge, by=by))
    mac = frames.text(wire.getsockname()[4])
    bpf.attach(wire, bpf.to_host(mac))
    paths = tuple(
        Path(source_mac=mac, target_mac=aim.mac, source=aim.source, target=aim.vip)
        for aim in target.aims
    )
    orders = Orders(aims=paths, interval=interval, told=target.told, seconds=by.remaining)
    recording = stack.enter_context(recorder.recording(wire, orders))
    return Outlook(port_group=target.port_group, aims=target.aims, recorder=recording)
