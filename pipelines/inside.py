"""What is seen from inside a guest: facts, adverts, and pings to whoever answers outside."""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from vipprov.guest import adverts, echo
from vipprov.guest.adverts import Advert
from vipprov.guest.deadline import Deadline
from vipprov.guest.errors import DeadlineError, GuestError, MissingError
from vipprov.guest.facts import Facts, Role
from vipprov.guest.judgement import kernel
from vipprov.guest.observation import EchoResult, GuestObservation
from vipprov.guest.pair import Address, Guest, Pair
from vipprov.guest.vrrp import VrrpInstance, instances
from vipprov.hv.machine import Runs
from vipprov.pipelines import roles
from vipprov.pipelines.sidebyside import each

# A guest that does not even start a program in this time is one that cannot be asked.
ANSWER_SECONDS = 10.0
ECHO_SECONDS = 1.0

Told = TypeVar("Told")
Outside = Callable[[], Sequence[Address]]
Heard = tuple[tuple[str, tuple[Advert, ...]], ...]


def observe(
    pair: Pair, guest: Guest, machines: Runs, outside: Outside, *, by: Deadline
) -> GuestObservation:
    """Return what the guest tells; where it is MASTER it pings outside, elsewhere it listens.

    `outside` may take its time to return the addresses: listening does not wait for it.
    """
    keys = kernel.asked_for(pair, guest)
    within = by.within(ANSWER_SECONDS)
    facts, error = _or_why(lambda: roles.facts(machines, guest.name, by=within, sysctls=keys))
    if facts is None:
        return GuestObservation(guest=guest.name, error=error)
    with ThreadPoolExecutor(max_workers=2) as pool:
        listening = pool.submit(_or_why, lambda: _heard(pair, guest, machines, facts, by=by))
        pinging = pool.submit(
            _or_why, lambda: _echoes(pair, guest, machines, facts, outside, by=by)
        )
        heard, deaf = listening.result()
        echoes, mute = pinging.result()
    return GuestObservation(
        guest=guest.name, facts=facts, adverts=heard or (), echoes=echoes or (), error=deaf or mute
    )


def _heard(pair: Pair, guest: Guest, machines: Runs, facts: Facts, *, by: Deadline) -> Heard:
    wait = adverts.patience(pair.vip, guest.priority)
    within = by.within(wait + ANSWER_SECONDS)

    def listen(instance: VrrpInstance) -> tuple[str, tuple[Advert, ...]]:
        command = adverts.command(instance, seconds=wait)
        return instance.name, adverts.parse(machines.run(guest.name, command, by=within).text)

    return each(_with_role(pair, guest, facts, lambda role: role is not Role.MASTER), listen)


def _echoes(
    pair: Pair,
    guest: Guest,
    machines: Runs,
    facts: Facts,
    outside: Outside,
    *,
    by: Deadline,
) -> tuple[EchoResult, ...]:
    within = by.within(ECHO_SECONDS + ANSWER_SECONDS)

    def ping(target: Address) -> EchoResult:
        command = echo.command(target, seconds=ECHO_SECONDS)
        return echo.parse(target, machines.run(guest.name, command, by=within).text)

    owned = _with_role(pair, guest, facts, lambda role: role is Role.MASTER)
    versions = {instance.family.value for instance in owned}
    return each((target for target in outside() if target.version in versions), ping)


def _with_role(
    pair: Pair, guest: Guest, facts: Facts, wanted: Callable[[Role | None], bool]
) -> tuple[VrrpInstance, ...]:
    return tuple(one for one in instances(pair, guest) if wanted(facts.role(one.name)))


def _or_why(ask: Callable[[], Told]) -> tuple[Told | None, str]:
    """Return the answer, or nothing and why: a guest that cannot be asked is an observation."""
    try:
        return ask(), ""
    except (GuestError, DeadlineError, MissingError) as error:
        return None, " ".join(filter(None, (str(error), error.details)))
