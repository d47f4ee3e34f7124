"""Look at guests as soon as each can be looked at, while the caller waits for something else."""

from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor, wait
from contextlib import contextmanager
from dataclasses import dataclass

from vipprov.guest.check import passed
from vipprov.guest.deadline import Deadline
from vipprov.guest.errors import DeadlineError, GuestError, MissingError
from vipprov.guest.facts import Daemon, Facts, Role, Udev
from vipprov.guest.judgement import kernel
from vipprov.guest.observation import GuestObservation
from vipprov.guest.pair import Guest, Pair
from vipprov.guest.vrrp import instances
from vipprov.hv.machines import Guests
from vipprov.pipelines import inside, roles
from vipprov.pipelines.fabriclook import Fabrics
from vipprov.pipelines.posting import Posts

FRESH_SECONDS = 5.0


@dataclass(frozen=True, slots=True, kw_only=True)
class _Seen:
    """What was seen of a guest, and the moment at which all of it was."""

    at: float
    sight: GuestObservation


@dataclass(frozen=True, slots=True, kw_only=True)
class _Look:
    """A look that has begun: at an owner of what, and what comes of it."""

    owned: frozenset[str]
    coming: Future[_Seen | None]

    @property
    def seen(self) -> _Seen | None:
        """Return what has come of it: nothing yet, or nothing because it failed."""
        if not self.coming.done() or self.coming.exception() is not None:
            return None  # if what it failed of lasts, the next look will say so
        return self.coming.result()


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

        One that is looked at, or was just now and was well, is not looked at again.
        """
        begun = self._looks.get(guest.name)
        if begun is None or (begun.coming.done() and self._good(guest, begun, owned) is None):
            coming = self._pool.submit(self._look, guest, owned)
            self._looks[guest.name] = _Look(owned=owned, coming=coming)

    def seen(self, guest: Guest, owned: frozenset[str], *, by: Deadline) -> GuestObservation | None:
        """Return what was seen, once, if it is all well and the guest is MASTER of just these."""
        look = self._looks.pop(guest.name, None)
        if look is None or look.owned != owned:
            return None
        wait((look.coming,), timeout=by.remaining)
        facts = self._good(guest, look, owned)
        if look.seen is None or facts is None or not self._is_as_before(guest, facts, by=by):
            return None
        return look.seen.sight

    def cancel(self) -> None:
        """Let all looks end now."""
        self._by.cancel()

    def _look(self, guest: Guest, owned: frozenset[str]) -> _Seen | None:
        # What a fabric shows comes before the owner speaks, which tells the fabric where it is.
        if owned and self._fabrics.any():
            return None
        sight = inside.observe(
            self._pair,
            guest,
            self._machines,
            lambda: tuple(address for post in self._posts() for address in post.own),
            by=self._by,
            owned=owned,
        )
        return _Seen(at=self._by.clock.now(), sight=sight)

    def _good(self, guest: Guest, look: _Look, owned: frozenset[str]) -> Facts | None:
        """Return the facts of a guest that was seen just now, as an owner of these, all well."""
        seen = look.seen
        if seen is None or self._by.clock.now() > seen.at + FRESH_SECONDS:
            return None
        sight, facts = seen.sight, seen.sight.facts
        if facts is None or sight.error:
            return None
        names = frozenset(one.name for one in instances(self._pair, guest))
        heard = frozenset(name for name, some in sight.adverts if some)
        is_well = (
            owned == frozenset(name for name in names if facts.role(name) is Role.MASTER)
            and heard >= names - owned
            and facts.daemon is Daemon.RUNNING
            and facts.udev is not Udev.BUSY
            and passed(kernel.checks(self._pair, guest, facts))
            and all(echo.received == echo.sent for echo in sight.echoes)
        )
        return facts if is_well else None

    def _is_as_before(self, guest: Guest, facts: Facts, *, by: Deadline) -> bool:
        """Say whether the guest still has the roles that it had, and all of them are good ones."""
        soon = by.within(inside.ANSWER_SECONDS)
        try:
            said = roles.said(self._machines, self._pair, guest, by=soon)
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
    with ThreadPoolExecutor(max_workers=len(pair.guests)) as pool:
        looks = EarlyLooks(pair, machines, posts, fabrics, pool, by=by.apart())
        try:
            yield looks
        finally:
            looks.cancel()
