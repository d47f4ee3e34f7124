"""Outage: what a watch saw of one span, as values that can be reported. Pure."""

from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass
from math import inf

from vipprov.guest import moves, timeline
from vipprov.guest.moves import Move, Seen
from vipprov.guest.pair import Address
from vipprov.guest.timeline import Reception, Shot
from vipprov.pipelines.sights import Sights, Told
from vipprov.pipelines.watch import Outlook, Watch


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """What one vantage point saw of one virtual address; moments are seconds after the strike.

    `claims` are when somebody claimed the address there, unasked; `reached` is when the first
    reply ended the longest gap. `macs` are those that were told to have the address. `drops` counts
    frames that the kernel could not hand to us: figures with any of them are not to be trusted.
    """

    port_group: str
    vip: Address
    reception: Reception
    claims: tuple[float, ...]
    reached: float | None
    macs: tuple[str, ...]
    drops: int

    @property
    def announced(self) -> float | None:
        """When somebody first claimed the address there."""
        return min(self.claims, default=None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """What was seen from `since` to `until`; moments of `adverts` and `moves` are absolute.

    `drops` counts frames that the kernel could not hand to the tap: with any of them, moves and
    adverts may be missing. Without `has_cables` they are: the guests are not on this machine.
    """

    since: float
    until: float
    views: tuple[View, ...]
    moves: tuple[Move, ...]
    adverts: tuple[float, ...]
    drops: int = 0
    has_cables: bool = True

    @property
    def outage(self) -> float:
        """Seconds of the longest gap that anybody saw."""
        return max((view.reception.outage for view in self.views), default=0.0)

    @property
    def outages(self) -> dict[str, float]:
        """Seconds of the longest gap at each port group."""
        found: dict[str, float] = {}
        for view in self.views:
            worst = max(view.reception.outage, found.get(view.port_group, 0.0))
            found[view.port_group] = worst
        return found

    @property
    def lost(self) -> int:
        """Probes that got no reply, of all vantage points."""
        return sum(view.reception.lost for view in self.views)


def span(watch: Watch, *, since: float, until: float) -> Span:
    """Return what was seen of the probes sent in this span, and what happened in it."""
    return Span(
        since=since,
        until=until,
        views=tuple(
            _view(outlook, number, since=since, until=until)
            for outlook in watch.outlooks
            for number in range(len(outlook.aims))
        ),
        moves=tuple(move for move in all_moves(watch) if since <= move.at < until),
        # The tap hears an advert at every link that it crosses; a guest's cable is the first.
        adverts=tuple(
            one.at
            for one in watch.tapped.adverts
            if since <= one.at < until and one.device in watch.devices
        ),
        drops=watch.tapped.drops,
        has_cables=watch.has_cables,
    )


def all_moves(watch: Watch) -> tuple[Move, ...]:
    """Return the moves of the virtual MACs between the guests' cables."""
    if not watch.pair.vip.vmac:
        return ()
    # An owner that says nothing more before it lets go has the MACs nevertheless.
    first = [Seen(at=-inf, mac=mac, port=watch.owner) for mac in watch.macs]
    came = (
        Seen(at=one.at, mac=one.mac, port=watch.devices[one.device])
        for one in watch.tapped.came
        if one.device in watch.devices
    )
    return moves.moves((*first, *came))


def detected(
    watch: Watch, heirs: frozenset[str], *, since: float, until: float = inf
) -> float | None:
    """Return when the first of the heirs spoke as an owner: an advert, or a claim of a vIP."""
    sources = {
        address.ip
        for guest in watch.pair.guests
        if guest.name in heirs
        for address in guest.addresses
    }
    adverts = (
        one.at
        for one in watch.tapped.adverts
        if since <= one.at < until
        and one.priority > 0
        and one.source in sources
        and one.virtual_router_id == watch.pair.vip.virtual_router_id
        and (not watch.has_cables or watch.devices.get(one.device) in heirs)
    )
    claims = (at for at, _ in _claims(watch, heirs, since=since, until=until))
    return min((*adverts, *claims), default=None)


def heir(
    watch: Watch, heirs: frozenset[str], *, since: float, until: float = inf
) -> tuple[str, float] | None:
    """Return which of the heirs first claimed a virtual address, and when.

    Without cables, but with a virtual MAC, that is any of them, for all have it; and a claim that
    the owner still made while it was being struck counts as theirs.
    """
    first = min(_claims(watch, heirs, since=since, until=until), default=None)
    return None if first is None else (first[1], first[0])


def is_reached(watch: Watch, *, since: float, at: float) -> bool:
    """Say whether at every vantage point the last probes before `at` were answered."""
    return all(
        view.reception.sent > 0 and view.reception.lost == 0
        for outlook in watch.outlooks
        for number in range(len(outlook.aims))
        for view in (_view(outlook, number, since=since, until=at),)
    )


def _claims(
    watch: Watch, heirs: frozenset[str], *, since: float, until: float
) -> Iterator[tuple[float, str]]:
    """Find the claims of these heirs: when each was made, and by whom."""
    vips = {one.ip for one in watch.pair.vip.addresses}
    for one in watch.tapped.announcements:
        if not since <= one.at < until or one.address not in vips:
            continue
        speaker = _speaker(watch, one, heirs)
        if speaker is not None:
            yield one.at, speaker


def _speaker(watch: Watch, told: Told, heirs: frozenset[str]) -> str | None:
    """Return whose claim this is, as far as can be told; None where it is none of the heirs'."""
    if watch.has_cables:
        name = watch.devices.get(told.device)
        return name if name in heirs else None
    if watch.pair.vip.vmac:
        return " or ".join(sorted(heirs))
    owns = (guest.name for guest in watch.pair.guests if guest.mac == told.mac)
    return next((name for name in owns if name in heirs), None)


def _view(outlook: Outlook, number: int, *, since: float, until: float) -> View:
    aim, sights = outlook.aims[number], outlook.sights
    sent = _within(sights.sent.get(number, []), since=since, until=until)
    replies = _within(sights.replies.get(number, []), since=since, until=inf)
    reception = timeline.reception(sent, replies, since=since, until=until)
    told = _told(sights, aim.vip, since=since, until=until)
    worst = reception.worst
    claimed = tuple(one.at - since for one in told if one in sights.announcements)
    return View(
        port_group=outlook.port_group,
        vip=aim.vip,
        reception=reception,
        claims=claimed,
        reached=None if worst is None or worst.reached is None else worst.reached - since,
        macs=tuple(dict.fromkeys(one.mac for one in told)),
        drops=sights.drops,
    )


def _within(shots: list[Shot], *, since: float, until: float) -> list[Shot]:
    """Return a part of what is in the order of time: there may be a great deal of it."""
    first = bisect_left(shots, since, key=lambda shot: shot.at)
    return shots[first : bisect_left(shots, until, key=lambda shot: shot.at)]


def _told(sights: Sights, vip: Address, *, since: float, until: float) -> tuple[Told, ...]:
    both = sorted((*sights.announcements, *sights.answers), key=lambda one: one.at)
    return tuple(one for one in both if one.address == vip and since <= one.at < until)
