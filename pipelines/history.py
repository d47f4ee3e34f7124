"""History: the MAC moves of a pair, from what vipprov noted on its machines and their journals."""

from collections.abc import Iterable
from datetime import datetime

from vipprov.guest import journal
from vipprov.guest.deadline import Deadline
from vipprov.guest.errors import DeadlineError, GuestError, MissingError
from vipprov.guest.pair import Guest, Pair
from vipprov.guest.vrrp import instances
from vipprov.hv.machines import Machines
from vipprov.pipelines.sidebyside import each

KEPT = 64
"""Moves of a MAC that a machine remembers: more than any budget asks about."""
JOURNAL_SECONDS = 10.0

History = dict[str, tuple[datetime, ...]]
Moment = tuple[str, datetime]
"""A MAC, and when it moved."""


def history(pair: Pair, machines: Machines, *, by: Deadline) -> History:
    """Return when each virtual MAC moved. A guest that cannot be asked adds nothing."""
    if not pair.vip.vmac:
        return {}
    names = tuple(guest.name for guest in pair.guests)
    texts = each(pair.guests, lambda guest: _journal(guest, machines, by=by))
    noted = _noted(pair, machines)
    found: History = {}
    for instance in instances(pair, pair.guests[0]):
        told = journal.moves(
            {
                name: journal.masters(text, instance=instance.name)
                for name, text in zip(names, texts, strict=True)
            }
        )
        found[instance.mac] = journal.merged(noted.get(instance.mac, ()), told)
    return found


def note(pair: Pair, machines: Machines, moments: Iterable[Moment]) -> None:
    """Note moves on every machine of the pair, so that the death of one erases nothing."""
    after = _noted(pair, machines)
    for mac, at in moments:
        after.setdefault(mac, set()).add(at)
    _write(pair, machines, after)


def forget(pair: Pair, machines: Machines, moments: Iterable[Moment]) -> None:
    """Forget moves that were noted and did not come about."""
    gone = set(moments)
    kept = {
        mac: {at for at in past if (mac, at) not in gone}
        for mac, past in _noted(pair, machines).items()
    }
    _write(pair, machines, kept)


def _noted(pair: Pair, machines: Machines) -> dict[str, set[datetime]]:
    found: dict[str, set[datetime]] = {}
    for guest in pair.guests:
        machine = machines.show(guest.name)
        for mac, moments in () if machine is None else machine.moves:
            found.setdefault(mac, set()).update(moments)
    return found


def _write(pair: Pair, machines: Machines, moves: dict[str, set[datetime]]) -> None:
    kept = tuple((mac, tuple(sorted(past)[-KEPT:])) for mac, past in sorted(moves.items()) if past)
    for guest in pair.guests:
        if machines.show(guest.name) is not None:
            machines.set_moves(guest.name, kept)


def _journal(guest: Guest, machines: Machines, *, by: Deadline) -> str:
    try:
        return machines.run(guest.name, journal.COMMAND, by=by.within(JOURNAL_SECONDS)).text
    except (GuestError, DeadlineError, MissingError):
        return ""
