"""A guest is looked at as soon as it can be; only what is still true of it then counts later."""

from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from threading import Event

import pytest

from fakes.clock import FakeClock
from fakes.fabrics import FakeFabrics
from fakes.machines import says
from fakes.stage import PAIR, Stage
from fakes.vantage import FakeVantage, everywhere
from observations import healthy_fabric
from vipprov.guest.deadline import Deadline, SystemClock
from vipprov.guest.errors import DeadlineError, HypervisorError, VipprovError
from vipprov.hv.machine import Completed
from vipprov.pipelines import verify
from vipprov.pipelines.earlylooks import EarlyLooks, early_looks
from vipprov.pipelines.posting import Posts, posted
from vipprov.pipelines.verify import Report

OWNER, BACKUP = PAIR.guests
NOTHING = frozenset[str]()
WEB = frozenset({"web"})


class Rehearsal(Stage):
    """A stage on which guests are looked at before the pair is proven."""

    posts: Posts
    early: EarlyLooks

    def looked_at(self) -> list[str]:
        return sorted(name for name, argv in self.machines.ran if argv[3:4] == ("vipprov-facts",))

    def proven(self) -> Report:
        return verify.prove(self.posts, self.early, PAIR, self, by=self.by(), fabrics=self.fabrics)


@pytest.fixture
def stage() -> Iterator[Rehearsal]:
    stage = Rehearsal(FakeClock())
    by = stage.by()
    with (
        posted(PAIR, stage, by=by, vantages=everywhere(FakeVantage(stage.macs))) as stage.posts,
        early_looks(PAIR, stage.machines, stage.posts, stage.fabrics, by=by) as stage.early,
    ):
        yield stage


def test_guests_that_were_looked_at_are_not_looked_at_again(stage: Rehearsal) -> None:
    stage.early.begin(OWNER, WEB)
    stage.early.begin(BACKUP, NOTHING)
    assert stage.proven().passed
    assert stage.looked_at() == ["web-1", "web-2"]


def test_guest_that_was_not_ready_before_is_looked_at_with_the_pair(stage: Rehearsal) -> None:
    stage.early.begin(BACKUP, NOTHING)
    assert stage.proven().passed
    assert stage.looked_at() == ["web-1", "web-2"]


def test_guest_that_owns_by_now_is_looked_at_again_and_who_listened_is_not(
    stage: Rehearsal,
) -> None:
    stage.master_at = 3.4
    assert stage.proven().passed
    assert stage.looked_at() == ["web-1", "web-1", "web-2"]


@pytest.mark.parametrize(("seconds", "counts"), [(4, True), (6, False)])
def test_look_counts_for_some_seconds_after_its_end(
    seconds: int, *, counts: bool, stage: Rehearsal
) -> None:
    with ThreadPoolExecutor() as pool:
        early = EarlyLooks(PAIR, stage.machines, stage.posts, stage.fabrics, pool, by=stage.by())
        early.begin(OWNER, WEB)
    stage.clock.sleep(seconds)
    assert (early.seen(OWNER, WEB, by=stage.by()) is not None) is counts


def test_guest_that_had_heard_nothing_yet_is_looked_at_again(stage: Rehearsal) -> None:
    heard, stage.heard = stage.heard, "begun\nend\n"
    stage.early.begin(BACKUP, NOTHING)
    assert stage.early.seen(BACKUP, NOTHING, by=stage.by()) is None
    stage.heard = heard
    assert stage.proven().passed


@pytest.mark.parametrize(
    "error",
    [DeadlineError("It did not answer in time."), HypervisorError("The connection is gone.")],
)
def test_guest_that_could_not_be_asked_is_looked_at_again(
    error: VipprovError, stage: Rehearsal
) -> None:
    def failing(_name: str, _argv: Sequence[str], _stdin: bytes) -> Completed:
        raise error

    script, stage.machines.script = stage.machines.script, failing
    stage.early.begin(BACKUP, NOTHING)
    assert stage.early.seen(BACKUP, NOTHING, by=stage.by()) is None
    stage.machines.script = script
    assert stage.proven().passed


def test_guest_that_has_fallen_out_of_the_pair_since_is_looked_at_again(stage: Rehearsal) -> None:
    stage.early.begin(BACKUP, NOTHING)
    script = stage.machines.script

    def fallen(name: str, argv: Sequence[str], stdin: bytes) -> Completed:
        is_role = argv[0] == "cat" and name == BACKUP.name
        return says("FAULT 2026-11-22T22:00:00Z\n") if is_role else script(name, argv, stdin)

    stage.machines.script = fallen
    assert stage.early.seen(BACKUP, NOTHING, by=stage.by()) is None


def test_what_was_seen_counts_for_one_look_alone(stage: Rehearsal) -> None:
    stage.early.begin(BACKUP, NOTHING)
    assert stage.early.seen(BACKUP, NOTHING, by=stage.by()) is not None
    assert stage.early.seen(BACKUP, NOTHING, by=stage.by()) is None


def test_fabric_is_looked_at_before_its_owner_speaks(stage: Rehearsal) -> None:
    stage.fabrics.sight = healthy_fabric(PAIR)
    stage.early.begin(OWNER, WEB)
    assert stage.early.seen(OWNER, WEB, by=stage.by()) is None
    assert stage.looked_at() == []


def test_looks_that_still_go_on_end_with_the_block() -> None:
    guests = Silent()
    with early_looks(
        PAIR, guests, tuple, FakeFabrics(), by=Deadline.after(60, clock=SystemClock())
    ) as early:
        early.begin(BACKUP, NOTHING)
        assert guests.is_asked.wait(10)
    assert guests.is_given_up.is_set()


class Silent:
    """Guests in which a command runs until its deadline is there, or cancelled."""

    def __init__(self) -> None:
        self.is_asked = Event()
        self.is_given_up = Event()

    def run(self, name: str, argv: Sequence[str], *, by: Deadline, stdin: bytes = b"") -> Completed:  # noqa: ARG002  whatever it is
        self.is_asked.set()
        assert by.cancelled.wait(10)
        self.is_given_up.set()
        raise DeadlineError(f"{name} did not answer in time.")

    def read(self, name: str, path: str, *, by: Deadline) -> bytes | None:
        raise DeadlineError(f"{name} {path} {by}")
