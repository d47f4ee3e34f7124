"""Verify: look at a pair from all vantage points at once, and have it judged."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from functools import partial

from vipprov.guest import notify, undo
from vipprov.guest.check import Check, passed
from vipprov.guest.deadline import Deadline
from vipprov.guest.errors import DeadlineError, GuestError, HypervisorError, MissingError
from vipprov.guest.explanation import Explanation, explain
from vipprov.guest.judge import judge
from vipprov.guest.pair import Pair
from vipprov.guest.vrrp import instances
from vipprov.hv.machine import Runs
from vipprov.hv.vantage import Vantage, Vantages
from vipprov.pipelines import look, segment
from vipprov.pipelines.look import Ground, Posts, Settle, ShowsPorts
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


def verify(pair: Pair, ground: Ground, *, by: Deadline, vantages: Vantages | None = None) -> Report:
    """Return what one look at the pair comes to."""
    with posted(pair, ground, by=by, vantages=vantages) as posts:
        return _looked(pair, ground, posts, by=by)


def prove(pair: Pair, ground: Ground, *, by: Deadline, vantages: Vantages | None = None) -> Report:
    """Look until every check passes or the pair has had time to settle; return the last report."""
    with posted(pair, ground, by=by, vantages=vantages) as posts:
        return prove_from(posts, pair, ground, by=by)


def prove_from(posts: Posts, pair: Pair, ground: Ground, *, by: Deadline) -> Report:
    """Prove the pair as `prove` does, from posts that were taken up before."""
    settled = by.within(SETTLING + 3 * look.patience(pair))
    settle: Settle | None = partial(await_masters, pair, ground.machines, by=settled)
    while True:
        report = _looked(pair, ground, posts, by=by, settle=settle)
        settle = None
        # A look that the deadline cuts short would blame the guests for it.
        if report.passed or settled.remaining <= 0 or by.remaining < report.seconds:
            return report
        by.clock.sleep(AGAIN_EVERY)


@contextmanager
def posted(
    pair: Pair, ground: Ground, *, by: Deadline, vantages: Vantages | None = None
) -> Iterator[Posts]:
    """Begin to take up the posts; yield what returns them once that is done.

    It takes most of a second, in which the caller can bring up the guests.
    """
    vantages = vantages or on_bridges(pair, ground.port_groups, by=by)
    taken = ExitStack()
    with (
        undo.afterwards("the observers", taken.close),
        ThreadPoolExecutor(max_workers=1) as helper,
    ):
        taking = helper.submit(taken.enter_context, segment.posts(pair, vantages, by=by))
        yield taking.result


def await_masters(pair: Pair, machines: Runs, *, by: Deadline) -> None:
    """Return as soon as each instance has a guest that says MASTER, at the deadline at the latest.

    This asks for so little that a guest which is still booting is not slowed down by it.
    """
    paths = tuple(str(notify.ROLES / one.name) for one in instances(pair, pair.guests[0]))
    command = ("grep", "-ls", "^MASTER ", *paths)

    def masters(name: str) -> frozenset[str]:
        try:
            return frozenset(machines.run(name, command, by=by).text.split())
        except (GuestError, DeadlineError, MissingError):
            return frozenset()

    while by.remaining > 0:
        found = each((guest.name for guest in pair.guests), masters)
        if frozenset[str]().union(*found) >= frozenset(paths):
            return
        by.clock.sleep(min(AGAIN_EVERY, by.remaining))


def on_bridges(pair: Pair, port_groups: ShowsPorts, *, by: Deadline) -> Vantages:
    """Return vantage points on the bridges of this machine that the port groups stand for."""

    @contextmanager
    def opened(name: str) -> Iterator[Vantage]:
        from vipprov.hv import observer  # noqa: PLC0415  netlink is loaded only where it is used

        with observer.plugged(bridge(pair, port_groups, name), by=by) as vantage:
            yield vantage

    return opened


def bridge(pair: Pair, port_groups: ShowsPorts, name: str) -> str:
    """Return the bridge of this machine that the port group stands for."""
    # A guest's own port tells it sooner than the port group, which looks at every machine.
    for guest in pair.guests:
        if guest.port_group == name:
            for port in look.ports(guest, port_groups):
                if port.bridge is not None:
                    return port.bridge
    group = port_groups.show(name)
    if group is None:
        raise MissingError(f"There is no port group {name!r} to observe from.")
    if group.bridge is None:
        raise HypervisorError(f"{name!r} has no bridge on this machine to observe from.")
    return group.bridge


def _looked(
    pair: Pair, ground: Ground, posts: Posts, *, by: Deadline, settle: Settle | None = None
) -> Report:
    start = by.clock.now()
    seen = look.observe(pair, ground, posts, by=by, settle=settle)
    checks = judge(pair, seen)
    return Report(
        pair=pair.name,
        checks=checks,
        seconds=by.clock.now() - start,
        explanation=explain(pair, seen, checks),
    )
