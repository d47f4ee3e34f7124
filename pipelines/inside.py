"""What is seen from inside a guest: facts, adverts, and pings to whoever answers outside."""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from vipprov.guest import adverts, echo
from vipprov.guest.adverts import Advert
from vipprov.guest.deadline import Deadline
from vipprov.guest.errors import DeadlineError, GuestError, MissingError
from vipprov.guest.facts import Role
from vipprov.guest.judgement import kernel
from vipprov.guest.observation import EchoResult, GuestObservation
from vipprov.guest.pair import Address, Guest, Pair
from vipprov.guest.vrrp import VrrpInstance, instances
from vipprov.hv.machines import Guests
from vipprov.pipelines import roles
from vipprov.pipelines.sidebyside import each

# A guest that does not even start a program in this time is one that cannot be asked.
ANSWER_SECONDS = 10.0
ECHO_SECONDS = 1.0

Told = TypeVar("Told")
Outside = Callable[[], Sequence[Address]]
Heard = tuple[tuple[str, tuple[Advert, ...]], ...]


def listen(
    pair: Pair, guest: Guest, machines: Guests, *, seconds: float, by: Deadline
) -> tuple[Heard | None, str]:
    """Return the adverts that the guest hears of each instance that it is not MASTER of."""
    within = by.within(seconds + ANSWER_SECONDS)

    def one(instance: VrrpInstance) -> tuple[str, tuple[Advert, ...]]:
        # To look costs an emulated guest a fiftieth of what it costs to start what listens.
        if roles.is_master(machines, guest.name, instance.name, by=within):
            return instance.name, ()
        command = adverts.command(instance, seconds=seconds)
        return instance.name, adverts.parse(machines.run(guest.name, command, by=within).text)

    return _or_why(lambda: each(instances(pair, guest), one))


def observe(
    pair: Pair,
    guest: Guest,
    machines: Guests,
    outside: Outside,
    heard: Callable[[], tuple[Heard | None, str]],
    *,
    by: Deadline,
) -> GuestObservation:
    """Return what the guest tells. Where it is MASTER it pings outside; elsewhere it has listened.

    `heard` returns what `listen` does, and may take its time, as `outside` may.
    """
    keys = kernel.asked_for(pair, guest)
    within = by.within(ANSWER_SECONDS)
    with ThreadPoolExecutor(max_workers=1) as beside:
        pinging = beside.submit(_or_why, lambda: _echoes(pair, guest, machines, outside, by=by))
        facts, error = _or_why(lambda: roles.facts(machines, guest.name, by=within, sysctls=keys))
        echoes, mute = pinging.result()
    if facts is None:
        return GuestObservation(guest=guest.name, error=error)
    told, deaf = heard()
    others = {one.name for one in instances(pair, guest) if facts.role(one.name) is not Role.MASTER}
    return GuestObservation(
        guest=guest.name,
        facts=facts,
        adverts=tuple((name, found) for name, found in told or () if name in others),
        echoes=echoes or (),
        error=deaf or mute,
    )


def _echoes(
    pair: Pair, guest: Guest, machines: Guests, outside: Outside, *, by: Deadline
) -> tuple[EchoResult, ...]:
    soon = by.within(ANSWER_SECONDS)
    versions = {
        one.family.value
        for one in instances(pair, guest)
        if roles.is_master(machines, guest.name, one.name, by=soon)
    }
    if not versions:
        return ()
    targets = tuple(target for target in outside() if target.version in versions)
    if not targets:
        return ()
    within = by.within(len(targets) * ECHO_SECONDS + ANSWER_SECONDS)
    command = echo.command(targets, seconds=ECHO_SECONDS)
    return echo.parse(targets, machines.run(guest.name, command, by=within).text)


def _or_why(ask: Callable[[], Told]) -> tuple[Told | None, str]:
    """Return the answer, or nothing and why: a guest that cannot be asked is an observation."""
    try:
        return ask(), ""
    except (GuestError, DeadlineError, MissingError) as error:
        return None, " ".join(filter(None, (str(error), error.details)))
