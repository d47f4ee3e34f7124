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
from vipprov.pipelines.ears import Begun, patience

# A guest that does not even start a program in this time is one that cannot be asked.
ANSWER_SECONDS = 10.0
ECHO_SECONDS = 1.0

Told = TypeVar("Told")
Outside = Callable[[], Sequence[Address]]


def observe(
    pair: Pair,
    guest: Guest,
    machines: Guests,
    outside: Outside,
    *,
    by: Deadline,
    begun: Begun | None = None,
) -> GuestObservation:
    """Return what the guest tells. As an owner it pings outside, as a backup it listens.

    What takes a program is run beside the facts: an emulated guest is asked as seldom as can be.
    `outside` may take its time, and is asked by an owner.
    """
    name, ears = guest.name, begun and begun.ears
    owned, error = _owned(pair, guest, machines, begun, by=by)
    if owned is None:
        return GuestObservation(guest=name, error=error)
    others = tuple(one for one in instances(pair, guest) if one.name not in owned)
    targets = _targets(pair, guest, owned, outside)
    pings = len(targets) * ECHO_SECONDS
    is_listening = bool(others) and ears is None
    if is_listening:
        words = adverts.words(others, seconds=patience(pair))
    else:
        words = echo.words(targets, seconds=ECHO_SECONDS) if targets else ()
    within = by.within(patience(pair) + pings + ANSWER_SECONDS)
    keys = kernel.asked_for(pair, guest)
    told, error = _or_why(
        lambda: roles.facts_beside(machines, name, words, by=within, sysctls=keys)
    )
    if told is None:
        return GuestObservation(guest=name, error=error)
    facts, text = told

    def heard() -> Heard:
        if is_listening:
            return adverts.parse(text)
        return ears.heard(guest) if ears and others else ()

    def pinged() -> str:
        if not is_listening:
            return text
        command = echo.command(targets, seconds=ECHO_SECONDS)
        return machines.run(name, command, by=by.within(pings + ANSWER_SECONDS)).text

    found, deaf = _or_why(heard)
    echoes, mute = _or_why(lambda: echo.parse(targets, pinged()) if targets else ())
    return GuestObservation(
        guest=name,
        facts=facts,
        adverts=() if found is None else _by_instance(others, facts, found),
        echoes=echoes or (),
        error=deaf or mute,
    )


def _owned(
    pair: Pair, guest: Guest, machines: Guests, begun: Begun | None, *, by: Deadline
) -> tuple[frozenset[str] | None, str]:
    """Return what the guest is MASTER of, or nothing and why that cannot be told."""
    if begun is not None and guest.name in begun.owned:
        return begun.owned[guest.name], ""
    # To look costs an emulated guest a fiftieth of what it costs to start what listens.
    return _or_why(lambda: roles.owned(machines, pair, guest, by=by.within(ANSWER_SECONDS)))


def _targets(
    pair: Pair, guest: Guest, owned: frozenset[str], outside: Outside
) -> tuple[Address, ...]:
    versions = {one.family.value for one in instances(pair, guest) if one.name in owned}
    return tuple(target for target in outside() if target.version in versions) if versions else ()


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
