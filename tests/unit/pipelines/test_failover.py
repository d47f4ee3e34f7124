"""A fault is struck, measured and healed, and healed also when nothing goes as it should."""

from collections.abc import Sequence
from dataclasses import replace

import pytest

import schemas
from factories import make_pair
from fakes.clock import FakeClock
from fakes.drama import Drama
from plans import VMAC
from vipprov.guest.deadline import Deadline
from vipprov.guest.errors import GuestError
from vipprov.guest.facts import Role
from vipprov.guest.fault import Ending, Fault
from vipprov.hv import frames
from vipprov.hv.machine import Completed
from vipprov.pipelines import failover, failoverwords
from vipprov.pipelines.failover import Run, Scene
from vipprov.pipelines.faults import GOODBYE
from vipprov.pipelines.livechange import START, STOP
from vipprov.pipelines.series import Round, Series
from vipprov.pipelines.watch import Watch

PAIR = make_pair()
OWNER = PAIR.guests[0]


class ImpatientClock(FakeClock):
    """Somebody asks us to end once it is past this moment."""

    def __init__(self, until: float) -> None:
        super().__init__()
        self.until = until

    def sleep(self, seconds: float) -> None:
        super().sleep(seconds)
        if self.time > self.until:
            self.until = float("inf")
            raise KeyboardInterrupt


def scene(drama: Drama) -> Scene:
    by = Deadline.after(600, clock=drama.clock)
    said: list[str] = []
    return Scene(
        pair=PAIR, hypervisor=drama.hypervisor, watch=drama.watch(), by=by, say=said.append
    )


def ran(drama: Drama) -> list[tuple[str, ...]]:
    return [argv for _, argv in drama.machines.ran if argv in {GOODBYE, STOP, START}]


@pytest.fixture
def stopped() -> Run:
    return failover.run(scene(Drama(PAIR, takes_over_after=0.1)), Fault.STOP, OWNER)


def test_a_stop_is_measured_from_the_strike_to_the_first_reply(stopped: Run) -> None:
    assert (stopped.owner, stopped.heir, stopped.ending) == ("web-1", "web-2", Ending.ONE_OWNER)
    assert stopped.fault_span.outage == pytest.approx(0.1, abs=0.0011)
    assert stopped.taken == pytest.approx(0.1)
    assert len(stopped.fault_span.moves) == 1
    assert stopped.is_as_expected


def test_the_guest_plays_its_part_again_afterwards() -> None:
    drama = Drama(PAIR)
    failover.run(scene(drama), Fault.STOP, OWNER)
    assert ran(drama) == [GOODBYE, STOP, START]
    assert drama.roles == {"web-1": Role.BACKUP, "web-2": Role.MASTER}


def test_an_interrupt_in_the_middle_heals_the_guest() -> None:
    drama = Drama(PAIR, takes_over_after=3)
    drama.clock = ImpatientClock(until=2)
    with pytest.raises(KeyboardInterrupt):
        failover.run(scene(drama), Fault.STOP, OWNER)
    assert ran(drama) == [GOODBYE, STOP, START]


def test_a_strike_that_fails_is_healed_and_stays_the_error() -> None:
    drama = Drama(PAIR)
    drama.refuses = GOODBYE
    with pytest.raises(GuestError, match="systemctl kill"):
        failover.run(scene(drama), Fault.STOP, OWNER)
    assert ran(drama) == [GOODBYE, STOP, START]


def test_what_could_not_be_healed_is_said() -> None:
    drama = Drama(PAIR)
    drama.refuses = START
    with pytest.raises(GuestError) as raised:
        failover.run(scene(drama), Fault.STOP, OWNER)
    (note,) = raised.value.__notes__
    assert note.startswith("not undone: stop of web-1")


def test_an_address_that_nobody_takes_over_is_not_as_expected() -> None:
    seen = failover.run(scene(Drama(PAIR, takes_over_after=1000)), Fault.STOP, OWNER)
    assert not seen.is_as_expected


def test_text_names_who_took_over_and_what_every_port_group_saw(stopped: Run) -> None:
    series = Series(pair="web", fault=Fault.STOP, rounds=(Round(there=stopped, back=None),) * 2)
    told = failoverwords.text(series)
    assert "stop of web-1: web-2 took over; one owner" in told
    assert "10.50.50.50 from leaf1: outage 100 ms, lost 100 of" in told
    assert "outage of 2 runs: median 100 ms, p95 100 ms, max 100 ms\n  from leaf1: median" in told
    assert told.endswith("web: stop, as expected")


def test_document_counts_in_milliseconds(stopped: Run) -> None:
    series = Series(pair="web", fault=Fault.STOP, rounds=(Round(there=stopped, back=None),))
    document = failoverwords.document(series)
    schemas.require("failover", document, closed=True)
    schemas.require("compare", {"pairs": [document]}, closed=True)
    assert document["as_expected"] is True
    assert document["outage_ms"] == {"median": 100.0, "p95": 100.0, "max": 100.0}
    assert document["outage_ms_from"] == {"leaf1": document["outage_ms"]}


class Faraway(Drama):
    """The same pair on a hypervisor elsewhere: its frames come in by a bridge of this machine."""

    def watch(self) -> Watch:
        watch = super().watch()
        watch.devices.clear()
        return watch


def test_pair_elsewhere_is_measured_all_but_what_only_its_cables_tell() -> None:
    drama = Faraway(PAIR, takes_over_after=0.1)
    stage = scene(drama)
    seen = failover.run(stage, Fault.STOP, OWNER)
    assert stage.watch.is_disturbed
    assert (seen.heir, seen.ending, seen.is_as_expected) == ("web-2", Ending.ONE_OWNER, True)
    assert seen.taken == pytest.approx(0.1, abs=0.01)
    assert seen.fault_span.outage == pytest.approx(0.1, abs=0.002)
    assert "MAC moves are not seen from this machine" in failoverwords.moments(seen)
    series = Series(pair="web", fault=Fault.STOP, rounds=(Round(there=seen, back=None),))
    document = failoverwords.document(series)
    schemas.require("failover", document, closed=True)
    during = failoverwords.span_document(seen.fault_span)
    assert (during["moves"], during["adverts"]) == (None, None)


def test_fault_that_cannot_be_had_is_refused_before_anything_is_done() -> None:
    stage = scene(Faraway(PAIR))
    with pytest.raises(GuestError, match="no port on this machine") as refused:
        failover.run(stage, Fault.ISOLATE, OWNER)
    assert not stage.watch.is_disturbed
    assert not hasattr(refused.value, "__notes__")


class Announcing(Faraway):
    """Nobody takes over; once it is healed the old owner announces itself, and its peer does."""

    def _runs(self, name: str, argv: Sequence[str], stdin: bytes) -> Completed:
        if tuple(argv) == START:
            vip = self.pair.vip.addresses[0].ip
            self.tap.hear(self.clock.now() + 0.1, "", frames.announcement(VMAC, vip))
        return super()._runs(name, argv, stdin)


def test_of_a_pair_elsewhere_whoever_speaks_once_all_is_healed_has_not_taken_over() -> None:
    seen = failover.run(scene(Announcing(PAIR, takes_over_after=1000)), Fault.STOP, OWNER)
    assert (seen.heir, seen.taken, seen.is_as_expected) == (None, None, False)


def test_frames_that_the_kernel_dropped_are_told_of_each_vantage_point_and_of_the_cables(
    stopped: Run,
) -> None:
    span = stopped.fault_span
    views = tuple(replace(view, drops=3) for view in span.views)
    missed = replace(stopped, fault_span=replace(span, views=views, drops=5))
    series = Series(pair="web", fault=Fault.STOP, rounds=(Round(there=missed, back=None),))
    told = failoverwords.text(series).splitlines()
    assert told[1].endswith("while it healed, 5 frames dropped here")
    assert told[2].endswith(", 3 frames dropped here")
    during = failoverwords.span_document(missed.fault_span)
    assert during["dropped_here"] == 5
    assert "dropped here" not in failoverwords.headline(stopped) + failoverwords.moments(stopped)
