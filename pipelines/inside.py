"""What is seen from inside a guest: facts, adverts, and pings to whoever answers outside."""

from collections.abc import Callable, Iterable, Sequence
from typing import TypeVar

from vipprov.guest import adverts, echo
from vipprov.guest.adverts import Advert, Heard
from vipprov.guest.deadline import Deadline
from vipprov.guest.errors import DeadlineError, GuestError, MissingError
from vipprov.guest.facts import Facts, Role
from vipprov.guest.judgement import kernel
from vipprov.guest.observation import GuestObservation
from vipprov.guest.pair import Address, Guest, Pair
from vipprov.guest.vrrp import VrrpInstance, instances
from vipprov.hv.machines import Guests
from vipprov.pipelines import roles

# A guest that does not even start a program in this time is one that cannot be asked.
ANSWER_SECONDS = 10.0
ECHO_SECONDS = 1.0
MARGIN_SECONDS = 2.0

Told = TypeVar("Told")
Outside = Callable[[], Sequence[Address]]


def observe(
    pair: Pair,
    guest: Guest,
    machines: Guests,
    outside: Outside,
    *,
    by: Deadline,
    owned: frozenset[str] | None = None,
) -> GuestObservation:
    """Return what the guest tells. As an owner it pings outside, as a backup it listens.

    What takes a program is run beside the facts: an emulated guest is asked as seldom as can be.
    `outside` may take its time, and is asked by an owner. `owned` are the instances that the guest
    was MASTER of just now, where that is known.
    """
    name, error = guest.name, ""
    if owned is None:
        owned, error = _owned(pair, guest, machines, by=by)
    if owned is None:
        return GuestObservation(guest=name, error=error)
    listened = tuple(one for one in instances(pair, guest) if one.name not in owned)
    targets = _targets(pair, guest, owned, outside)
    pinging = len(targets) * ECHO_SECONDS + ANSWER_SECONDS
    # The facts are told in any case: what listens ends before the deadline.
    patience = adverts.longest_patience(pair)
    seconds = min(patience, max(0.0, by.remaining - MARGIN_SECONDS))
    told, error = _or_why(
        lambda: roles.facts_beside(
            machines,
            name,
            _words(listened, targets, seconds=seconds),
            by=by.within(seconds + ANSWER_SECONDS if listened else pinging),
            sysctls=kernel.asked_for(pair, guest),
        )
    )
    if told is None:
        return GuestObservation(guest=name, error=error)
    facts, text = told

    def heard() -> Heard:
        return _heard(text, listened, is_short=seconds < patience) if listened else ()

    def pinged() -> str:
        command = echo.command(targets, seconds=ECHO_SECONDS)
        return machines.run(name, command, by=by.within(pinging)).text if listened else text

    found, deaf = _or_why(heard)
    echoes, mute = _or_why(lambda: echo.parse(targets, pinged()) if targets else ())
    return GuestObservation(
        guest=name,
        facts=facts,
        adverts=() if found is None else _by_instance(listened, facts, found),
        echoes=echoes or (),
        error=deaf or mute or _late(listened, facts),
    )


def _words(
    listened: Sequence[VrrpInstance], targets: Sequence[Address], *, seconds: float
) -> tuple[str, ...]:
    """Return what runs beside the facts; a guest that listens pings by itself afterwards."""
    if listened:
        return adverts.words(listened, seconds=seconds)
    return echo.words(targets, seconds=ECHO_SECONDS) if targets else ()


def _heard(text: str, listened: Sequence[VrrpInstance], *, is_short: bool) -> Heard:
    """Return what was heard; DeadlineError where there was too little time for the rest."""
    found = adverts.parse(text)
    if is_short and {one.name for one in listened} - {name for name, _ in found}:
        raise DeadlineError("There was no time left to wait for adverts.")
    return found


def _owned(
    pair: Pair, guest: Guest, machines: Guests, *, by: Deadline
) -> tuple[frozenset[str] | None, str]:
    """Return what the guest is MASTER of, or nothing and why that cannot be told."""
    # To look costs an emulated guest a fiftieth of what it costs to start what listens.
    return _or_why(lambda: roles.owned(machines, pair, guest, by=by.within(ANSWER_SECONDS)))


def _targets(
    pair: Pair, guest: Guest, owned: frozenset[str], outside: Outside
) -> tuple[Address, ...]:
    versions = {one.family.value for one in instances(pair, guest) if one.name in owned}
    return tuple(target for target in outside() if target.version in versions) if versions else ()


def _late(listened: Iterable[VrrpInstance], facts: Facts) -> str:
    """Return why a guest has not pinged that has become an owner after all."""
    late = (one.name for one in listened if facts.role(one.name) is Role.MASTER)
    return next((f"It became MASTER of {name} only while it was looked at." for name in late), "")


def _by_instance(
    listened: Iterable[VrrpInstance], facts: Facts, heard: Heard
) -> tuple[tuple[str, tuple[Advert, ...]], ...]:
    """Return what was heard of each instance that the guest is not MASTER of by now."""
    return tuple(
        (one.name, tuple(advert for name, advert in heard if name == one.name))
        for one in listened
        if facts.role(one.name) is not Role.MASTER
    )


def _or_why(ask: Callable[[], Told]) -> tuple[Told | None, str]:
    """Return the answer, or nothing and why: a guest that cannot be asked is an observation."""
    try:
        return ask(), ""
    except (GuestError, DeadlineError, MissingError) as error:
        return None, " ".join(filter(None, (str(error), error.details)))
