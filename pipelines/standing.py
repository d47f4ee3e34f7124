"""Standing: who owns the virtual addresses of a pair, and whether all the others stand by."""

from collections.abc import Sequence
from dataclasses import dataclass

from vipprov.guest.deadline import Deadline
from vipprov.guest.errors import CheckFailedError, DeadlineError, GuestError, MissingError
from vipprov.guest.facts import Daemon, Facts, Role
from vipprov.guest.fault import Ending
from vipprov.guest.pair import Guest, Pair
from vipprov.guest.vrrp import instances
from vipprov.hv.machines import Runs
from vipprov.pipelines import addressed, roles
from vipprov.pipelines.sidebyside import each

# An emulated guest that is probed a thousand times a second takes its time.
ANSWER_SECONDS = 30.0
_SOUND = {Role.MASTER, Role.BACKUP}


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """Which guests say MASTER, instance by instance, and what is wrong with whom.

    `is_frozen` says that the keepalived of some guest is.
    """

    masters: tuple[tuple[str, tuple[str, ...]], ...]
    complaints: tuple[str, ...]
    is_frozen: bool = False

    @property
    def is_healthy(self) -> bool:
        """Whether every instance has one owner, and every other guest stands by."""
        return not self.complaints and all(len(owners) == 1 for _, owners in self.masters)

    @property
    def owner(self) -> str | None:
        """The owner of the first instance, where it has exactly one."""
        owners = self.masters[0][1]
        return owners[0] if len(owners) == 1 else None

    @property
    def is_split(self) -> bool:
        """Whether instances have different owners, as IPv4 and IPv6 may without a fault."""
        return len({owners for _, owners in self.masters}) > 1

    @property
    def ending(self) -> Ending | None:
        """What a fault has come to; None where somebody owns nothing."""
        counts = [len(owners) for _, owners in self.masters]
        if min(counts) == 0:
            return None
        return Ending.ONE_OWNER if max(counts) == 1 else Ending.TWO_OWNERS


def standing(pair: Pair, machines: Runs, *, by: Deadline) -> Standing:
    """Ask every guest what it is; one that cannot be asked is neither owner nor backup."""
    within = by.within(ANSWER_SECONDS)

    def ask(guest: Guest) -> tuple[Facts | None, str]:
        try:
            return roles.facts(machines, guest.name, by=within), ""
        except (GuestError, DeadlineError, MissingError) as error:
            return None, f"{guest.name}: {error}"

    return judged(pair, each(pair.guests, ask))


def judged(pair: Pair, answers: Sequence[tuple[Facts | None, str]]) -> Standing:
    """Return what the answers of the guests, in their order, come to."""
    masters: dict[str, list[str]] = {one.name: [] for one in instances(pair, pair.guests[0])}
    complaints = []
    for guest, (facts, why) in zip(pair.guests, answers, strict=True):
        if facts is None:
            complaints.append(why)
            continue
        told = {name: facts.role(name) for name in masters}
        for name, role in told.items():
            masters[name] += [guest.name] if role is Role.MASTER else []
        if facts.daemon is not Daemon.RUNNING or not set(told.values()) <= _SOUND:
            said = ", ".join("silent" if one is None else one.value for one in told.values())
            complaints.append(f"{guest.name}: {said}, keepalived is {facts.daemon.value}")
    return Standing(
        masters=tuple((name, tuple(owners)) for name, owners in masters.items()),
        complaints=tuple(complaints),
        is_frozen=any(facts.daemon is Daemon.FROZEN for facts, _ in answers if facts is not None),
    )


def demand_healthy(pair: Pair, machines: Runs, *, by: Deadline) -> Guest:
    """Return the owner of a healthy pair; CheckFailedError says what is wrong with another."""
    seen = standing(pair, machines, by=by)
    if seen.is_healthy and seen.owner is not None:
        return pair.guest(seen.owner)
    heals = "; `vipprov vm create` with its pair file thaws it" if seen.is_frozen else ""
    raise CheckFailedError(
        f"{pair.name} is not healthy, so nothing is done to it.",
        details="\n".join((*_owners(seen), *seen.complaints)),
        hint=f"`vipprov verify {addressed.named(pair)}` tells why{heals}.",
    )


def demand_whole(pair: Pair, machines: Runs, *, by: Deadline) -> Guest:
    """Return the guest that owns every instance of a healthy pair, or raise CheckFailedError."""
    owner = demand_healthy(pair, machines, by=by)
    seen = standing(pair, machines, by=by)
    if seen.is_split:
        raise CheckFailedError(
            f"The virtual IPs of {pair.name} are at different guests.",
            details="\n".join(_owners(seen)),
            hint=f"`vipprov failover {addressed.named(pair)} --fault stop` brings them together.",
        )
    return owner


def await_healthy(pair: Pair, machines: Runs, *, by: Deadline) -> Guest:
    """Return the owner as soon as the pair is healthy, or raise DeadlineError."""

    def healthy() -> Guest | None:
        seen = standing(pair, machines, by=by)
        return pair.guest(seen.owner) if seen.is_healthy and seen.owner is not None else None

    return by.poll(healthy, what=f"{pair.name} to be healthy again", every=0.1)


def _owners(seen: Standing) -> tuple[str, ...]:
    return tuple(f"{name} is owned by {', '.join(who) or 'nobody'}" for name, who in seen.masters)
