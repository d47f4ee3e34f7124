"""A live change is made in an order that never makes two owners, and taken back in the same."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from pathlib import PurePosixPath

import pytest

from factories import make_pair, make_vip
from fakes.clock import FakeClock
from fakes.guests import Event, FakeGuests
from fakes.machines import FakeMachines
from plans import desired
from vipprov.guest import promisc, update
from vipprov.guest.deadline import Deadline
from vipprov.guest.errors import GuestError
from vipprov.guest.pair import Pair, Promisc
from vipprov.guest.undo import Undo
from vipprov.hv.machine import Completed, Power
from vipprov.hv.mark import Mark
from vipprov.pipelines import reconfigure
from vipprov.pipelines.actions import Reconfigure

OLD = make_pair()
FINER = make_pair(vip=make_vip(garp_refresh=timedelta(seconds=10)))
OTHER_ID = make_pair(vip=make_vip(virtual_router_id=51))
# What all members share changes while the owner is alone.
ALONE = [
    ("web-2", "stop"),
    ("web-1", "write"),
    ("web-1", "restart"),
    ("web-2", "write"),
    ("web-2", "restart"),
    ("web-2", "start"),
]


class Stage:
    """A pair that runs by its old file."""

    def __init__(self) -> None:
        self.clock = FakeClock()
        self.guests = FakeGuests(OLD)
        self.machines = FakeMachines(self.guests)
        self.said: list[str] = []
        for guest in desired(OLD).guests:
            name, files = guest.spec.name, guest.configuration.files
            self.machines.define(replace(guest.spec, mark=replace(guest.spec.mark, ready=True)))
            self.machines.set_power(name, Power.ON)
            self.guests.files[name] = {file.path: file.content for file in files}
        self.before = self.files()
        self.marks = [self.mark(guest.name) for guest in OLD.guests]

    def change(self, wanted: Pair) -> None:
        changes = tuple(
            Reconfigure(
                guest=guest,
                changes=update.changes(self.guests.files[guest.spec.name], guest.configuration),
            )
            for guest in desired(wanted).guests
        )
        by = Deadline.after(60, clock=self.clock)
        with Undo() as undo:
            reconfigure.apply(
                changes, self.machines, undo, by=by, election=30, say=self.said.append
            )

    def files(self) -> dict[str, dict[PurePosixPath, str]]:
        return {name: dict(files) for name, files in self.guests.files.items()}

    def mark(self, name: str) -> Mark:
        mark = self.machines.machines[name].mark
        assert mark is not None
        return mark

    def fail_once(self, *wanted: Event) -> None:
        """Let these fail the first time each."""
        seen: list[Event] = []

        def fails(event: Event) -> bool:
            seen.append(event)
            return event in wanted and seen.count(event) == 1

        self.guests.fails = fails


@pytest.fixture
def stage() -> Stage:
    return Stage()


def test_owner_changes_first_and_nothing_stops_where_members_go_on_hearing_one_another(
    stage: Stage,
) -> None:
    stage.change(FINER)
    reload = "reload-or-restart"
    assert stage.guests.events == [
        ("web-1", "write"),
        ("web-1", reload),
        ("web-2", "write"),
        ("web-2", reload),
    ]


def test_backup_is_stopped_while_the_owner_changes_what_all_share(stage: Stage) -> None:
    stage.change(OTHER_ID)
    assert stage.guests.events == ALONE


@pytest.mark.parametrize("failure", ALONE)
def test_change_that_fails_anywhere_leaves_every_guest_as_it_was(
    stage: Stage, failure: Event
) -> None:
    stage.fail_once(failure)
    with pytest.raises(GuestError) as failed:
        stage.change(OTHER_ID)
    assert stage.files() == stage.before
    assert [stage.mark(guest.name) for guest in OLD.guests] == stage.marks
    assert not hasattr(failed.value, "__notes__")
    assert stage.guests.events[-1] == ("web-2", "start")


def test_change_is_taken_back_while_the_backup_is_stopped(stage: Stage) -> None:
    stage.fail_once(("web-2", "start"))
    with pytest.raises(GuestError):
        stage.change(OTHER_ID)
    assert stage.guests.events == [*ALONE, *ALONE]


def test_file_that_was_not_there_is_removed_again(stage: Stage) -> None:
    stage.fail_once(("web-2", "write"))
    with pytest.raises(GuestError):
        stage.change(replace(FINER, promisc=Promisc.ON))
    assert promisc.PATH not in stage.guests.files["web-1"]
    assert stage.files() == stage.before


def test_error_while_changing_back_does_not_hide_the_first_and_the_others_are_changed_back(
    stage: Stage,
) -> None:
    stage.guests.fails = lambda event: event[0] == "web-1" and event[1] == "restart"
    with pytest.raises(GuestError, match="restart keepalived") as failed:
        stage.change(OTHER_ID)
    (note,) = failed.value.__notes__
    assert note.startswith("not undone: the configuration of web-1: systemctl restart")
    assert stage.files() == stage.before
    assert (stage.mark("web-1").pending, stage.mark("web-2").pending) == (True, False)


def test_change_that_an_earlier_run_left_half_done_is_not_taken_back(stage: Stage) -> None:
    stage.machines.set_mark("web-1", replace(stage.mark("web-1"), pending=True))
    stage.fail_once(("web-2", "write"))
    with pytest.raises(GuestError):
        stage.change(FINER)
    assert "not taken back" in stage.said[0]
    assert (stage.mark("web-1").pending, stage.mark("web-2").pending) == (True, True)


class SlowGuests(FakeGuests):
    """Their owner needs a while after a restart to find out that it still is one."""

    def __init__(self, clock: FakeClock, seconds: float) -> None:
        super().__init__(OLD)
        self._clock, self._seconds, self._owns_from = clock, seconds, 0.0

    def __call__(self, name: str, argv: Sequence[str], stdin: bytes) -> Completed:
        if tuple(argv[:2]) == ("systemctl", "restart"):
            self._owns_from = self._clock.time + self._seconds
        asks = len(argv) > 3 and argv[3] == "vipprov-facts"
        # While nobody owns the vIP, the first guest says what the second one does.
        is_early = asks and self._clock.time < self._owns_from
        return super().__call__("web-2" if is_early else name, argv, stdin)


def test_owner_gets_as_long_for_taking_the_vip_back_as_it_had_for_taking_it() -> None:
    stage = Stage()
    stage.clock = FakeClock()
    stage.guests = stage.machines.script = SlowGuests(stage.clock, seconds=16)
    for guest in desired(OLD).guests:
        files = guest.configuration.files
        stage.guests.files[guest.spec.name] = {file.path: file.content for file in files}
    stage.fail_once(("web-2", "start"))
    with pytest.raises(GuestError) as failed:
        stage.change(OTHER_ID)
    assert not hasattr(failed.value, "__notes__")
    assert stage.guests.events == [*ALONE, *ALONE]
