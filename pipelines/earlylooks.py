"""Look at guests as soon as each can be looked at, while the caller waits for something else."""

from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor, wait
from contextlib import contextmanager
from dataclasses import dataclass

from vipprov.guest import adverts
from vipprov.guest.deadline import Deadline
from vipprov.guest.errors import DeadlineError, GuestError, MissingError
from vipprov.guest.facts import Daemon, Facts, Role, Udev
from vipprov.guest.observation import GuestObservation
from vipprov.guest.pair import Guest, Pair
from vipprov.guest.vrrp import instances
from vipprov.hv.machines import Guests
from vipprov.pipelines import inside, roles
from vipprov.pipelines.fabriclook import Fabrics
from vipprov.pipelines.posting import Posts

FRESH_SECONDS = 5.0


@dataclass(frozen=True, slots=True, kw_only=True)
class _Look:
    """A look that has begun: when, at an owner of what, and what comes of it."""

    since: float
    owned: frozenset[str]
    sight: Future[GuestObservation | None]


class EarlyLooks:
    """What was seen of guests before the look at their pair.

    A guest that has just booted tells its facts while another one still boots; a backup that hears
    its peer then has heard it. What is found amiss so early says nothing: it is looked at again.
    """

    def __init__(
        self,
        pair: Pair,
        machines: Guests,
        posts: Posts,
        fabrics: Fabrics,
        pool: ThreadPoolExecutor,
        *,
        by: Deadline,
    ) -> None:
        self._pair = pair
        self._machines = machines
        self._posts = posts
        self._fabrics = fabrics
        self._pool = pool
        self._by = by
        self._looks: dict[str, _Look] = {}

    def begin(self, guest: Guest, owned: frozenset[str]) -> None:
        """Begin to look at a guest that is MASTER of these instances.

        One that is looked at, or was just now, is not looked at again.
        """
        now = self._by.clock.now()
        begun = self._looks.get(guest.name)
        if begun is None or (begun.sight.done() and not self._is_fresh(begun)):
            sight = self._pool.submit(self._look, guest, owned)
            self._looks[guest.name] = _Look(since=now, owned=owned, sight=sight)

    def seen(self, guest: Guest, owned: frozenset[str], *, by: Deadline) -> GuestObservation | None:
        """Return what was seen, once, if it is all well and the guest is MASTER of just these."""
        look = self._looks.pop(guest.name, None)
        if look is None or look.owned != owned or not self._is_fresh(look):
            return None
        wait((look.sight,), timeout=by.remaining)
        if not look.sight.done() or look.sight.exception() is not None:
            return None  # if it lasts, the next look will say so
        sight = look.sight.result()
        return sight if sight is not None and self._is_well(guest, sight, owned) else None

    def cancel(self) -> None:
        """Let all looks end now."""
        self._by.cancel()

    def _look(self, guest: Guest, owned: frozenset[str]) -> GuestObservation | None:
        # What a fabric shows comes before the owner speaks, which tells the fabric where it is.
        if owned and self._fabrics.any():
            return None
        return inside.observe(
            self._pair,
            guest,
            self._machines,
            lambda: tuple(address for post in self._posts() for address in post.own),
            by=self._by,
            owned=owned,
        )

    def _is_fresh(self, look: _Look) -> bool:
        age = self._by.clock.now() - look.since
        return age <= adverts.longest_patience(self._pair) + FRESH_SECONDS

    def _is_well(self, guest: Guest, sight: GuestObservation, owned: frozenset[str]) -> bool:
        facts = sight.facts
        if facts is None or sight.error or not self._is_as_before(guest, facts):
            return False
        names = frozenset(one.name for one in instances(self._pair, guest))
        heard = frozenset(name for name, some in sight.adverts if some)
        return (
            owned == frozenset(name for name in names if facts.role(name) is Role.MASTER)
            and heard >= names - owned
            and facts.daemon is Daemon.RUNNING
            and facts.udev is not Udev.BUSY
            and all(echo.received == echo.sent for echo in sight.echoes)
        )

    def _is_as_before(self, guest: Guest, facts: Facts) -> bool:
        """Say whether the guest still has the roles that it had, and all of them are good ones."""
        by = self._by.within(inside.ANSWER_SECONDS)
        try:
            said = roles.said(self._machines, self._pair, guest, by=by)
        except (GuestError, DeadlineError, MissingError):
            return False
        return all(
            role in {Role.MASTER, Role.BACKUP} and role is facts.role(name)
            for name, role in said.items()
        )


@contextmanager
def early_looks(
    pair: Pair, machines: Guests, posts: Posts, fabrics: Fabrics, *, by: Deadline
) -> Iterator[EarlyLooks]:
    """Yield what begins looks; those that still go on when the block ends are ended.

    A program that listens in a virtual machine then goes on until its seconds are over.
    """
    with ThreadPoolExecutor(max_workers=2 * len(pair.guests)) as pool:
        looks = EarlyLooks(pair, machines, posts, fabrics, pool, by=by.apart())
        try:
            yield looks
        finally:
            looks.cancel()
