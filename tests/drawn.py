"""Fail-overs to be drawn: one that went well, and one after which a remote client is cut off."""

from ipaddress import ip_address

from vipprov.guest.fault import Ending, Fault
from vipprov.guest.moves import Move
from vipprov.guest.timeline import Gap, Reception
from vipprov.pipelines.failover import Run
from vipprov.pipelines.outage import Span, View
from vipprov.pipelines.series import Round, Series

STRUCK = 100.0
NIC_1, NIC_2, VMAC = "52:54:00:00:00:01", "52:54:00:00:00:02", "00:00:5e:00:01:32"


def cured() -> Series:
    """Return a fail-over with a virtual MAC: 50 ms without an answer, everywhere."""
    views = (
        _view("leaf1", [(0.02, 0.07)], until=1.0, macs=(VMAC,)),
        _view("leaf3", [(0.021, 0.071)], until=1.0, macs=(VMAC,)),
    )
    move = Move(at=STRUCK + 0.065, mac=VMAC, before="web-1", after="web-2")
    return _series("web", views, until=1.0, moves=(move,))


def broken() -> Series:
    """Return one without: the client on leaf3 is not back when the test ends."""
    views = (
        _view("leaf1", [(0.02, 1.3)], until=6.0, macs=(NIC_2,)),
        _view("leaf3", [(0.02, None)], until=6.0, macs=(NIC_1,), claims=()),
    )
    return _series("<plain & bare>", views, until=6.0, moves=())


def _series(pair: str, views: tuple[View, ...], *, until: float, moves: tuple[Move, ...]) -> Series:
    adverts = tuple(STRUCK + number / 10 for number in range(1, round(until * 10)))
    span = Span(since=STRUCK, until=STRUCK + until, views=views, moves=moves, adverts=adverts)
    after = STRUCK + until
    healing = Span(since=after, until=after + 1, views=(), moves=(), adverts=())
    run = Run(
        fault=Fault.STOP,
        owner="web-1",
        heir="web-2",
        ending=Ending.ONE_OWNER,
        struck_within=0.015,
        detected=0.06,
        taken=0.065,
        fault_span=span,
        healing=healing,
    )
    return Series(pair=pair, fault=Fault.STOP, rounds=(Round(there=run, back=None),))


def _view(
    port_group: str,
    gaps: list[tuple[float, float | None]],
    *,
    until: float,
    macs: tuple[str, ...],
    claims: tuple[float, ...] = (0.066, 0.067),
) -> View:
    lost = tuple(
        Gap(
            start=STRUCK + start,
            end=None if end is None else STRUCK + end,
            lost=round(((until if end is None else end) - start) * 1000),
            reached=None if end is None else STRUCK + end + 0.001,
        )
        for start, end in gaps
    )
    reception = Reception(
        since=STRUCK,
        until=STRUCK + until,
        sent=round(until * 1000),
        lost=sum(gap.lost for gap in lost),
        duplicates=0,
        late=0,
        gaps=lost,
    )
    worst = reception.worst
    return View(
        port_group=port_group,
        vip=ip_address("10.50.50.50"),
        reception=reception,
        claims=claims,
        reached=None if worst is None or worst.reached is None else worst.reached - STRUCK,
        macs=macs,
        drops=0,
    )
