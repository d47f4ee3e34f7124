"""Moves that were noted on the machines and those that journals tell, and the budget of both."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import pytest

from factories import make_pair
from fakes.clock import FakeClock
from fakes.drama import Drama
from fakes.machines import FakeMachines, says
from plans import VMAC, desired
from vipprov.guest import journal
from vipprov.guest.deadline import Deadline
from vipprov.guest.errors import CheckFailedError, MoveBudgetError
from vipprov.hv.machine import Completed, Power
from vipprov.pipelines import history, pacing

PAIR = make_pair()
NOW = datetime(2026, 1, 1, 12, tzinfo=UTC)


def ago(*seconds: float) -> tuple[datetime, ...]:
    return tuple(sorted(NOW - timedelta(seconds=one) for one in seconds))


class Journals:
    """Guests that became MASTER when the test says; whatever else they are asked, they are mute."""

    def __init__(self, **entries: tuple[datetime, ...]) -> None:
        self.entries = {name.replace("_", "-"): moments for name, moments in entries.items()}

    def __call__(self, name: str, argv: Sequence[str], _stdin: bytes) -> Completed:
        assert tuple(argv) == journal.COMMAND
        lines = (
            f"{moment.timestamp():.6f} {name} Keepalived_vrrp[7]: (web) Entering MASTER STATE\n"
            for moment in self.entries.get(name, ())
        )
        return says("".join(lines))


def running(journals: Journals) -> FakeMachines:
    machines = FakeMachines(journals)
    for guest in desired(PAIR).guests:
        machines.define(guest.spec)
        machines.set_power(guest.spec.name, Power.ON)
    return machines


def soon() -> Deadline:
    return Deadline.after(1000, clock=FakeClock())


def test_what_one_machine_remembers_and_another_tells_comes_together() -> None:
    machines = running(Journals(web_1=ago(900, 50), web_2=ago(100)))
    history.note(PAIR, machines, [(VMAC, moment) for moment in ago(20, 101)])
    assert history.history(PAIR, machines, by=soon()) == {VMAC: ago(20, 50, 101)}


def test_death_of_a_guest_erases_nothing() -> None:
    machines = running(Journals())
    history.note(PAIR, machines, [(VMAC, moment) for moment in ago(20)])
    machines.kill("web-1")
    machines.remove("web-2")
    assert history.history(PAIR, machines, by=soon()) == {VMAC: ago(20)}


def test_a_move_that_did_not_come_about_is_forgotten() -> None:
    machines = running(Journals())
    history.note(PAIR, machines, [(VMAC, moment) for moment in ago(20, 30)])
    history.forget(PAIR, machines, [(VMAC, moment) for moment in ago(30)])
    assert history.history(PAIR, machines, by=soon()) == {VMAC: ago(20)}


def test_a_machine_remembers_no_more_than_it_has_to() -> None:
    machines = running(Journals())
    history.note(PAIR, machines, [(VMAC, moment) for moment in ago(*range(history.KEPT + 9))])
    assert len(machines.machines["web-1"].moves[0][1]) == history.KEPT


def test_fifth_move_within_the_window_is_refused() -> None:
    machines = running(Journals())
    history.note(PAIR, machines, [(VMAC, moment) for moment in ago(10, 20, 30)])
    pacing.demand(PAIR, machines, cost=1, by=soon(), wall=lambda: NOW)
    with pytest.raises(MoveBudgetError):
        pacing.demand(PAIR, machines, cost=2, by=soon(), wall=lambda: NOW)


def test_whoever_waits_waits_until_it_is_allowed_and_says_so() -> None:
    machines = running(Journals())
    history.note(PAIR, machines, [(VMAC, moment) for moment in ago(10, 20, 30, 100)])
    clock, said = FakeClock(), list[str]()
    by = Deadline.after(1000, clock=clock)
    pacing.wait(PAIR, machines, cost=1, by=by, say=said.append, wall=lambda: NOW)
    assert clock.time == 80
    assert said == ["waiting 80 s for the fabric's budget of MAC moves"]


@pytest.mark.parametrize("left", [0, 2])
def test_moves_of_a_pair_elsewhere_are_expected_only_once_something_was_done_to_it(
    left: int,
) -> None:
    drama = Drama(PAIR)
    watch = drama.watch()
    watch.devices.clear()

    def attempt() -> None:
        with pacing.noting(PAIR, drama.machines, watch, 2, by=soon(), wall=lambda: NOW):
            watch.is_disturbed = left > 0
            raise CheckFailedError("refused")

    with pytest.raises(CheckFailedError):
        attempt()
    noted = history.history(PAIR, drama.machines, by=soon())
    assert len(noted[VMAC]) == left
