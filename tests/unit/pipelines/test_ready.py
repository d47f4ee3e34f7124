"""A guest is ready once its keepalived takes part; one whose keepalived cannot is told why not."""

from collections.abc import Sequence
from dataclasses import replace

import pytest

from factories import make_pair
from fakes.clock import FakeClock
from fakes.machines import FakeMachines, says
from observations import healthy_facts, printed
from plans import make_spec
from vipprov.guest.deadline import Deadline
from vipprov.guest.errors import DeadlineError, GuestError
from vipprov.guest.facts import Daemon, Facts
from vipprov.hv.machine import Completed, Power
from vipprov.pipelines import ready

PAIR = make_pair()
GUEST = PAIR.guests[0]
FACTS = healthy_facts(PAIR, GUEST)
ABSENT = replace(FACTS, daemon=Daemon.ABSENT)


def machines(*, role: str | None, facts: Facts = FACTS, is_failed: bool = False) -> FakeMachines:
    """Return a machine that runs, whose keepalived has last said this."""

    def act(_name: str, argv: Sequence[str], _stdin: bytes) -> Completed:
        match argv:
            case ("cat", *_):
                return says(code=1) if role is None else says(f"{role} 2026-11-26T12:00:00Z\n")
            case ("sh", "-c", _, "vipprov-facts", *_):
                return says(printed(facts))
            case ("systemctl", "is-failed", _):
                return says(code=0 if is_failed else 1)
            case _:
                return says("no heart\n")

    made = FakeMachines(act)
    made.define(make_spec(GUEST.name))
    made.set_power(GUEST.name, Power.ON)
    return made


def demand(made: FakeMachines) -> None:
    ready.demand_able(made, PAIR, GUEST, by=Deadline.after(60, clock=FakeClock()))


@pytest.mark.parametrize("role", ["MASTER", "BACKUP"])
def test_guest_with_a_role_is_ready_and_started_no_program(role: str) -> None:
    made = machines(role=role, facts=ABSENT)
    demand(made)
    assert [argv for _, argv in made.ran if argv[0] != "cat"] == []


@pytest.mark.parametrize("role", [None, "FAULT", "STOP"])
def test_guest_without_a_role_is_ready_once_keepalived_runs(role: str | None) -> None:
    demand(machines(role=role))
    with pytest.raises(DeadlineError, match=f"keepalived to run in {GUEST.name}"):
        demand(machines(role=role, facts=ABSENT))


def test_keepalived_that_died_is_told_with_its_last_words() -> None:
    with pytest.raises(GuestError, match="keepalived died") as told:
        demand(machines(role=None, facts=ABSENT, is_failed=True))
    assert told.value.details == "no heart"


def test_keepalived_that_is_missing_is_told_as_software_that_cannot() -> None:
    with pytest.raises(GuestError, match="cannot carry a virtual MAC: no keepalived version"):
        demand(machines(role=None, facts=replace(ABSENT, keepalived=None)))
