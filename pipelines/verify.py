"""Verify: look at a pair from all vantage points at once, and have it judged."""

from dataclasses import dataclass
from functools import partial

from vipprov.guest import adverts
from vipprov.guest.check import Check, Verdict, passed
from vipprov.guest.deadline import Deadline
from vipprov.guest.errors import DeadlineError, GuestError, MissingError
from vipprov.guest.explanation import Explanation, explain
from vipprov.guest.judge import judge
from vipprov.guest.pair import Guest, Pair
from vipprov.guest.vrrp import instances
from vipprov.hv.machines import Guests
from vipprov.hv.vantage import Vantages
from vipprov.pipelines import bridges, inside, look, roles
from vipprov.pipelines.earlylooks import EarlyLooks
from vipprov.pipelines.fabriclook import LABS, Fabrics
from vipprov.pipelines.look import Around, Begun, Clients, Fabric, Ground
from vipprov.pipelines.posting import Posts, posted
from vipprov.pipelines.roles import Owned
from vipprov.pipelines.sidebyside import each

AGAIN_EVERY = 0.1
SETTLING = 5.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """The checks of a pair, what explains them, and how many seconds they took."""

    pair: str
    checks: tuple[Check, ...]
    seconds: float
    explanation: Explanation | None = None

    @property
    def passed(self) -> bool:
        """Whether every check passed."""
        return passed(self.checks)

    @property
    def failed(self) -> bool:
        """Whether a check failed; what could not be looked at did not, and is no proof."""
        return any(check.verdict is Verdict.FAIL for check in self.checks)


def verify(
    pair: Pair,
    ground: Ground,
    *,
    by: Deadline,
    vantages: Vantages | None = None,
    fabrics: Fabrics = LABS,
    clients: Clients = look.nobody,
) -> Report:
    """Return what one look at the pair comes to."""
    with posted(pair, ground.port_groups, by=by, vantages=vantages) as posts:
        around = Around(fabric=_fabric(pair, ground, fabrics), clients=clients)
        return _looked(pair, ground, posts, by=by, around=around)


def prove(
    posts: Posts,
    early: EarlyLooks,
    pair: Pair,
    ground: Ground,
    *,
    by: Deadline,
    fabrics: Fabrics = LABS,
) -> Report:
    """Look until every check passes or the pair has had time to settle; return the last report.

    Whatever was seen well of guests before is not looked at again.
    """
    around = Around(fabric=_fabric(pair, ground, fabrics), clients=look.nobody)
    settled = by.within(SETTLING + 3 * adverts.longest_patience(pair))
    owned = masters(pair, ground.machines, by=settled)
    if not is_owned(pair, owned):
        for name, what in owned.items():
            early.begin(pair.guest(name), what)  # what will be a backup listens meanwhile
        owned = await_masters(pair, ground.machines, by=settled)
    begun = Begun(owned=owned, early=early)
    report = _looked(pair, ground, posts, by=by, around=around, begun=begun)
    while True:
        if report.passed or settled.remaining <= 0:
            return report
        if not report.failed and all(post.vantage is None for post in posts()):
            return report  # from where nothing is seen, nothing will be
        by.clock.sleep(AGAIN_EVERY)
        again = _looked(pair, ground, posts, by=by, around=around)
        if not again.passed and by.remaining < inside.MARGIN_SECONDS:
            return report  # the deadline has cut the new look short, which blames the guests for it
        report = again


def await_masters(pair: Pair, machines: Guests, *, by: Deadline) -> Owned:
    """Return who is MASTER once each instance has one, at the deadline at the latest."""
    while not is_owned(pair, owned := masters(pair, machines, by=by)) and by.remaining > 0:
        by.clock.sleep(min(AGAIN_EVERY, by.remaining))
    return owned


def masters(pair: Pair, machines: Guests, *, by: Deadline) -> Owned:
    """Return which guests say that they are MASTER of what.

    This asks for so little that a guest which is still booting is not slowed down by it.
    """

    def one(guest: Guest) -> frozenset[str] | None:
        try:
            return roles.owned(machines, pair, guest, by=by.within(inside.ANSWER_SECONDS))
        except (GuestError, DeadlineError, MissingError):
            return None

    found = zip(pair.guests, each(pair.guests, one, by=by), strict=True)
    return {guest.name: owned for guest, owned in found if owned is not None}


def is_owned(pair: Pair, owned: Owned) -> bool:
    """Say whether each instance has a guest that says MASTER."""
    wanted = frozenset(one.name for one in instances(pair, pair.guests[0]))
    return frozenset[str]().union(*owned.values()) >= wanted


def _fabric(pair: Pair, ground: Ground, fabrics: Fabrics) -> Fabric:
    """Return what shows the fabric that the pair stands on."""
    return partial(fabrics.show, partial(bridges.every, pair, ground.port_groups))


def _looked(
    pair: Pair,
    ground: Ground,
    posts: Posts,
    *,
    by: Deadline,
    around: Around,
    begun: Begun | None = None,
) -> Report:
    start = by.clock.now()
    seen = look.observe(pair, ground, posts, by=by, around=around, begun=begun)
    checks = judge(pair, seen)
    return Report(
        pair=pair.name,
        checks=checks,
        seconds=by.clock.now() - start,
        explanation=explain(pair, seen, checks),
    )
