import signal
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from ipaddress import ip_address
from threading import Event
from types import FrameType

import pytest

from fakes.clock import FakeClock
from fakes.machines import FakeMachines
from fakes.stage import PAIR, VIP, Stage
from fakes.vantage import FakeVantage, everywhere
from observations import healthy_fabric
from vipprov.guest.adverts import Advert
from vipprov.guest.check import Check, Verdict
from vipprov.guest.deadline import Deadline, SystemClock
from vipprov.guest.errors import DeadlineError, HypervisorError, MissingError
from vipprov.guest.judgement import catalogue
from vipprov.guest.observation import ClientObservation
from vipprov.guest.pair import Address
from vipprov.hv.machine import Completed, Power
from vipprov.hv.vantage import Vantage
from vipprov.pipelines import look, verify
from vipprov.pipelines.look import Clients
from vipprov.pipelines.verify import Report


@pytest.fixture
def stage() -> Stage:
    return Stage(FakeClock())


def failed(report: Report) -> dict[str, Check]:
    return {check.id: check for check in report.checks if check.verdict is not Verdict.PASS}


def test_a_healthy_pair_is_proven_at_the_first_look(stage: Stage) -> None:
    report = stage.verify()
    assert report.passed, failed(report)


def test_report_of_a_healthy_pair_explains_that_it_is_healthy(stage: Stage) -> None:
    explanation = stage.verify().explanation
    assert explanation is not None
    assert explanation.cause is None


def test_report_names_the_filter_that_a_port_has(stage: Stage) -> None:
    stage.filter = "clean-traffic"
    explanation = stage.verify().explanation
    assert explanation is not None
    assert explanation.cause is catalogue.PORT_FILTER


def test_a_proof_waits_for_the_master_to_appear(stage: Stage) -> None:
    stage.master_at = 3.4
    assert not stage.verify().passed
    assert stage.prove().passed
    assert stage.clock.now() == pytest.approx(3.4, abs=0.2)


def test_guests_of_a_settled_pair_listen_beside_their_facts(stage: Stage) -> None:
    assert stage.prove().passed
    assert {argv[3] for _, argv in stage.machines.ran if argv[0] == "sh"} == {"vipprov-facts"}


def test_a_proof_looks_again_until_what_is_missing_has_come(stage: Stage) -> None:
    stage.heard_at = 2.0
    assert stage.prove().passed
    assert stage.clock.now() == pytest.approx(2.0, abs=0.2)


def test_a_proof_that_never_comes_ends_with_the_last_report(stage: Stage) -> None:
    stage.heard = "begun\nend\n"
    report = stage.prove()
    assert failed(report).keys() == {"advert"}
    assert stage.clock.now() < 30


def test_a_proof_ends_at_its_deadline(stage: Stage) -> None:
    stage.master_at = 1000
    assert not stage.prove(seconds=2).passed
    assert stage.clock.now() <= 2.5


def test_look_that_the_deadline_cuts_short_does_not_take_the_place_of_a_whole_one(
    stage: Stage,
) -> None:
    stage.heard = "begun\nend\n"
    assert failed(stage.prove(seconds=2.05)).keys() == {"advert"}


def test_look_that_begins_late_and_proves_the_pair_counts(stage: Stage) -> None:
    stage.heard_at = 2.0
    assert stage.prove(seconds=5).passed


def test_look_that_is_interrupted_ends_at_once(stage: Stage) -> None:
    machines = Endless(stage.machines)
    stage.machines = machines
    with pytest.raises(Interrupted), interrupted_after(machines.is_asked):
        looked_long(stage)
    assert machines.is_given_up.is_set()


def test_look_of_which_a_part_fails_ends_at_once(stage: Stage) -> None:
    machines = Endless(stage.machines)
    stage.machines = machines

    def clients(_by: Deadline) -> tuple[ClientObservation, ...]:
        assert machines.is_asked.wait(10)
        raise HypervisorError("The connection is gone.")

    with pytest.raises(HypervisorError, match="connection is gone"):
        looked_long(stage, clients)
    assert machines.is_given_up.is_set()


def looked_long(stage: Stage, clients: Clients = look.nobody) -> Report:
    """Return what comes of a look that has ten minutes of real time."""
    return verify.verify(
        PAIR,
        stage,
        by=Deadline.after(600, clock=SystemClock()),
        vantages=everywhere(FakeVantage(stage.macs)),
        fabrics=stage.fabrics,
        clients=clients,
    )


class Interrupted(BaseException):
    """Somebody asked the command to end."""


@contextmanager
def interrupted_after(event: Event) -> Iterator[None]:
    """Have a signal raise Interrupted in the block once the event is set."""

    def interrupt(_signal: int, _frame: FrameType | None) -> None:
        raise Interrupted

    def wait() -> None:
        assert event.wait(10)
        signal.pthread_kill(threading.main_thread().ident or 0, signal.SIGUSR1)

    before = signal.signal(signal.SIGUSR1, interrupt)
    sender = threading.Thread(target=wait)
    sender.start()
    try:
        yield
    finally:
        sender.join()
        signal.signal(signal.SIGUSR1, before)


class Endless(FakeMachines):
    """Guests that do not tell their facts until nobody wants to know any more."""

    def __init__(self, like: FakeMachines) -> None:
        super().__init__(like.script)
        self.machines = like.machines
        self.is_asked = Event()
        self.is_given_up = Event()

    def run(self, name: str, argv: Sequence[str], *, by: Deadline, stdin: bytes = b"") -> Completed:
        if argv[0] == "cat":
            return super().run(name, argv, by=by, stdin=stdin)
        self.is_asked.set()
        if by.cancelled.wait(30):
            self.is_given_up.set()
        raise DeadlineError(f"{name} did not answer in time.")


def test_backup_listens_and_the_master_alone_pings(stage: Stage) -> None:
    stage.verify()
    listening = {name: "VRRP" in argv[7] for name, argv in stage.machines.ran if argv[0] == "sh"}
    assert listening == {"web-1": False, "web-2": True}


def test_a_guest_is_asked_by_one_program_and_one_file(stage: Stage) -> None:
    stage.verify()
    asked = sorted((name, argv[0]) for name, argv in stage.machines.ran)
    assert asked == [("web-1", "cat"), ("web-1", "sh"), ("web-2", "cat"), ("web-2", "sh")]


def test_a_guest_that_is_off_is_a_finding_and_no_error(stage: Stage) -> None:
    stage.machines.set_power("web-2", Power.OFF)
    found = failed(stage.verify())
    assert "web-2 is not running" in found["guest"].cause


def test_a_guest_that_is_gone_is_a_finding_and_no_error(stage: Stage) -> None:
    stage.machines.remove("web-2")
    assert "no machine called web-2" in failed(stage.verify())["guest"].cause


def test_a_guest_tells_its_facts_where_there_is_no_time_to_wait_for_an_advert(
    stage: Stage,
) -> None:
    stage.heard = "begun\nend\n"
    report = verify.verify(
        PAIR,
        stage,
        by=stage.by(3),
        vantages=everywhere(FakeVantage(stage.macs)),
        fabrics=stage.fabrics,
    )
    found = failed(report)
    assert {found[name].verdict for name in found} == {Verdict.UNKNOWN}
    assert "no time left" in found["advert"].cause


def test_a_guest_without_python_leaves_the_advert_unknown(stage: Stage) -> None:
    stage.heard = ""
    found = failed(stage.verify())["advert"]
    assert found.verdict is Verdict.UNKNOWN


def test_a_port_group_that_cannot_be_observed_is_unknown_and_no_error(stage: Stage) -> None:
    @contextmanager
    def absent(name: str) -> Iterator[Vantage]:
        raise MissingError(f"There is no bridge {name!r}.", hint="Make one.")
        yield FakeVantage(stage.macs)

    report = stage.seen_from(absent)
    found = failed(report)
    assert (found["arp"].verdict, found["ping-out"].verdict) == (Verdict.UNKNOWN,) * 2
    assert "no bridge 'leaf2'. Make one." in found["arp"].cause


def test_the_filter_of_the_port_is_named(stage: Stage) -> None:
    stage.filter = "clean-traffic"
    assert "'clean-traffic'" in failed(stage.verify())["port"].cause


def test_observers_on_two_port_groups_take_different_addresses(stage: Stage) -> None:
    vantages: list[FakeVantage] = []
    taken: list[list[str]] = []

    @contextmanager
    def opened(_name: str) -> Iterator[FakeVantage]:
        vantages.append(FakeVantage(macs))
        yield vantages[-1]

    def macs(address: Address) -> tuple[str, ...]:
        if address == VIP:
            taken.append(sorted(str(own) for one in vantages for own in one.own))
        return stage.macs(address)

    assert stage.seen_from(opened).passed
    assert taken
    assert all(both == ["10.50.50.253", "10.50.50.254"] for both in taken)
    assert [one.own for one in vantages] == [[], []]


def test_observers_use_the_addresses_that_the_pair_file_names(stage: Stage) -> None:
    named = (ip_address("10.50.50.77"), ip_address("10.50.50.78"))
    used: set[tuple[Address, ...]] = set()
    vantage = FakeVantage(stage.macs)

    def macs(address: Address) -> tuple[str, ...]:
        used.add(tuple(vantage.own))
        return stage.macs(address)

    vantage.macs = macs
    pair = replace(PAIR, observers=named)
    assert stage.seen_from(everywhere(vantage), pair).passed
    assert used == {(), named}


def test_fabric_is_asked_about_the_bridges_of_the_pair_and_judged(stage: Stage) -> None:
    stage.fabrics.sight = replace(healthy_fabric(PAIR), error="FRR is away.")
    report = stage.verify()
    assert stage.fabrics.asked == [{"leaf1": "leaf1", "leaf2": "leaf1"}]
    assert failed(report)["fabric"].cause == "FRR is away."


def test_nobody_asks_for_the_vip_before_the_fabric_has_told_what_it_knows(stage: Stage) -> None:
    asked, early = Event(), []
    stage.fabrics.meanwhile = lambda: early.append(asked.wait(0.2))

    def macs(address: Address) -> tuple[str, ...]:
        if address == VIP:
            asked.set()
        return stage.macs(address)

    assert stage.seen_from(everywhere(FakeVantage(macs))).passed
    assert asked.is_set()
    assert early == [False]


def test_other_pair_that_a_vantage_point_overhears_is_named(stage: Stage) -> None:
    vantage = FakeVantage(stage.macs)
    vantage.adverts = (
        Advert(source=ip_address("10.50.50.90"), virtual_router_id=50, priority=100, version=3),
    )
    explanation = stage.seen_from(everywhere(vantage)).explanation
    assert explanation is not None
    assert explanation.cause is catalogue.ROUTER_SHARED
    assert "10.50.50.90 advertises virtual_router_id 50" in explanation.says
