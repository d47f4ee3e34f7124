"""A guest that can never be ready is told from one that takes its time."""

from collections.abc import Callable, Sequence
from dataclasses import replace

import pytest

from fakes.clock import FakeClock
from fakes.machines import FakeMachines, says
from plans import make_spec
from vipprov.guest.deadline import Deadline
from vipprov.guest.errors import DeadlineError, GuestError, HypervisorError
from vipprov.hv.machine import Completed, Power, Said
from vipprov.pipelines import firstboot

CLEAN = '{"v1": {"datasource": "DataSourceNoCloud", "errors": []}}'


def machines(
    *ends: Completed | GuestError, console: bytes | None = None, is_enabled: bool = False
) -> FakeMachines:
    """Return a machine that runs, and how its commands end; the last one again and again."""
    left = list(ends)

    def act(_name: str, argv: Sequence[str], _stdin: bytes) -> Completed:
        if argv == ("cat", firstboot.ENABLED) and not isinstance(left[0], GuestError):
            return says(code=0 if is_enabled else 1)
        end = left.pop(0) if len(left) > 1 else left[0]
        if isinstance(end, GuestError):
            raise end
        return end

    made = FakeMachines(act)
    made.define(make_spec("web-1"))
    made.set_power("web-1", Power.ON)
    if console is not None:
        made.consoles["web-1"] = console
    return made


def waited(made: FakeMachines, *, since: int = 0, say: Callable[[str], None] = print) -> None:
    firstboot.wait(made, "web-1", by=Deadline.after(60, clock=FakeClock()), say=say, since=since)


def test_guest_that_has_no_agent_yet_is_waited_for() -> None:
    waited(machines(GuestError("no agent"), says(CLEAN)))


def test_who_waits_for_a_slow_guest_hears_of_it_now_and_then() -> None:
    told: list[str] = []
    with pytest.raises(DeadlineError):
        waited(machines(GuestError("no agent")), say=told.append)
    assert told == [f"web-1 still boots, {seconds} s by now" for seconds in (20, 40)]


def test_guest_that_boots_is_seldom_made_to_start_a_program() -> None:
    made = machines(says())
    with pytest.raises(DeadlineError):
        waited(made)
    assert 2 <= len(started(made)) <= 7
    assert len(made.ran) > 300


def test_guest_whose_cloud_init_is_enabled_is_made_to_start_none() -> None:
    made = machines(says(), is_enabled=True)
    with pytest.raises(DeadlineError):
        waited(made)
    assert started(made) == []
    assert made.ran.count(("web-1", ("cat", firstboot.ENABLED))) == 1


def started(made: FakeMachines) -> list[Sequence[str]]:
    """Return the programs that the guest was made to start."""
    return [argv for _, argv in made.ran if argv[0] != "cat"]


class Slow(FakeMachines):
    """A guest of which each look takes a while, and that says its last words, one by one.

    One that is chatty says something whenever it is listened to.
    """

    def __init__(
        self,
        *,
        ends_at: float,
        is_chatty: bool = False,
        cost: float = 0.02,
        first: bytes = b"booting",
        last: bytes = b", finished",
    ) -> None:
        super().__init__(self._read)
        self.clock = FakeClock()
        self.ends_at = ends_at
        self.is_chatty = is_chatty
        self.cost = cost
        self.first, self.last = first, last
        self.looks: list[float] = []
        self.define(make_spec("web-1"))
        self.set_power("web-1", Power.ON)

    def console(self, name: str, *, after: int = 0) -> Said:  # noqa: ARG002  there is but one
        text = self.first
        if self.clock.now() >= self.ends_at:
            is_begun = self.clock.now() < self.ends_at + 0.2
            text += self.last[: len(self.last) // 4] if is_begun else self.last
        if self.is_chatty:
            text = b"." * round(self.clock.now() * 100)
        return Said(text=text[after:], end=len(text))

    def _read(self, _name: str, argv: Sequence[str], _stdin: bytes) -> Completed:
        if argv != ("cat", firstboot.RESULT):
            return says(code=1)
        self.clock.sleep(self.cost)
        self.looks.append(self.clock.now())
        return says(CLEAN) if self.clock.now() > self.ends_at + 0.5 else says(code=1)


@pytest.mark.parametrize("ends_at", [30.0, 30.5, 31.0, 31.5])
def test_guest_that_is_silent_is_looked_at_seldom_and_at_once_when_it_speaks(
    ends_at: float,
) -> None:
    made = Slow(ends_at=ends_at)
    by = Deadline.after(60, clock=made.clock)
    firstboot.wait(made, "web-1", by=by, say=print)
    assert made.clock.now() < made.ends_at + 1.2
    silent = [at for at in made.looks if 10 < at < made.ends_at]
    assert 8 <= len(silent) <= 16


ANNOUNCED = b"Cloud-init v. 22.4.2 running 'init' at Thu, 26 Nov 2026 16:28:18 +0000.\n"
ENDED = b"Cloud-init v. 22.4.2 finished at Thu, 26 Nov 2026 16:28:40 +0000.\n"


def test_guest_whose_cloud_init_tells_how_far_it_is_is_hardly_looked_at_before_its_end() -> None:
    made = Slow(ends_at=30, first=ANNOUNCED, last=ENDED)
    firstboot.wait(made, "web-1", by=Deadline.after(60, clock=made.clock), say=print)
    assert made.clock.now() < made.ends_at + 0.8
    assert len([at for at in made.looks if 1 < at < made.ends_at]) <= 7


def test_guest_whose_cloud_init_never_tells_its_end_is_found_ready_all_the_same() -> None:
    made = Slow(ends_at=30, first=ANNOUNCED, last=b"")
    firstboot.wait(made, "web-1", by=Deadline.after(60, clock=made.clock), say=print)
    assert made.clock.now() < made.ends_at + 5.6


def test_guest_whose_console_is_kept_is_not_asked_again_at_once_for_as_little_as_it_costs() -> None:
    made = Slow(ends_at=30, is_chatty=True, cost=0.002)
    firstboot.wait(made, "web-1", by=Deadline.after(60, clock=made.clock), say=print)
    assert made.clock.now() < made.ends_at + 1.2
    assert len(made.looks) <= 2.2 * made.clock.now()


def test_guest_that_talks_all_the_time_is_not_looked_at_all_the_time() -> None:
    made = Slow(ends_at=30, is_chatty=True)
    firstboot.wait(made, "web-1", by=Deadline.after(60, clock=made.clock), say=print)
    assert made.clock.now() < made.ends_at + 1.2
    assert len(made.looks) * 0.02 < made.clock.now() / 15


def test_doubt_that_cannot_be_answered_is_not_asked_again_at_once() -> None:
    asked = 0

    def act(_name: str, argv: Sequence[str], _stdin: bytes) -> Completed:
        nonlocal asked
        if argv[0] == "cat":
            return says(code=1)
        asked += 1
        raise DeadlineError("busy")

    made = machines(says())
    made.script = act
    with pytest.raises(DeadlineError):
        waited(made)
    assert 2 <= asked <= 7


class Mumbling(Slow):
    """A guest whose agent comes late, and whose console the hypervisor hands over too late."""

    def console(self, name: str, *, after: int = 0) -> Said:
        raise DeadlineError(f"{name} {after}")

    def _read(self, name: str, argv: Sequence[str], stdin: bytes) -> Completed:
        if self.clock.now() < 5:
            raise GuestError("no agent")
        return super()._read(name, argv, stdin)


def test_console_that_is_not_had_in_time_ends_no_wait() -> None:
    made = Mumbling(ends_at=10)
    firstboot.wait(made, "web-1", by=Deadline.after(60, clock=made.clock), say=print)
    assert made.clock.now() < 12


@pytest.mark.parametrize(("code", "words"), [(3, "no cloud-init in web-1"), (4, "switched off")])
def test_guest_without_cloud_init_is_not_waited_for(code: int, words: str) -> None:
    with pytest.raises(GuestError, match=words):
        waited(machines(says(code=code)))


def test_panic_ends_the_wait_with_the_last_words_of_the_console() -> None:
    said = b"booting\nKernel panic - not syncing: no init\n---[ end ]---\n"
    with pytest.raises(GuestError, match="panicked") as told:
        waited(machines(GuestError("no agent"), console=said))
    assert told.value.details.endswith("no init\n---[ end ]---")


def test_panic_of_an_earlier_boot_is_no_panic_of_this_one() -> None:
    said = b"Kernel panic - not syncing: no init\n"
    with pytest.raises(DeadlineError):
        waited(machines(GuestError("no agent"), console=said), since=len(said))


def test_guest_that_is_not_heard_of_in_time_is_told_with_why() -> None:
    with pytest.raises(DeadlineError) as told:
        waited(machines(GuestError("The guest agent of web-1 does not answer.")))
    assert "guest agent" in told.value.details


def test_guest_that_the_hypervisor_has_paused_is_not_called_dead() -> None:
    made = machines(GuestError("no agent"))
    made.machines["web-1"] = replace(
        made.machines["web-1"], power=Power.PAUSED, halted="its disk could not be written"
    )
    with pytest.raises(HypervisorError, match="paused web-1: its disk could not be written"):
        waited(made)
