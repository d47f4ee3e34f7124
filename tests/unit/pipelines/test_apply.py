"""What a run did before it failed is taken back, and the first error is what one is told."""

from dataclasses import replace
from pathlib import Path

import pytest

from factories import make_pair, make_vip
from fakes.claims import FakeClaims
from fakes.clock import FakeClock
from fakes.guests import Event, FakeGuests
from fakes.machines import FakeMachines
from fakes.portgroups import STARTED, FakeNic, FakePortGroups
from plans import VMAC, desired
from vipprov.guest.deadline import Deadline
from vipprov.guest.errors import GuestError, HypervisorError, MissingError
from vipprov.guest.pair import Pair
from vipprov.guest.placement import Placement
from vipprov.guest.undo import Undo
from vipprov.hv.machine import Power
from vipprov.hv.portgroup import Filter, PortState
from vipprov.hv.registry import Hypervisor
from vipprov.pipelines import apply
from vipprov.pipelines.run import Run

PAIR = make_pair()
OURS = "vipprov-web-1"


class Stubborn(FakeMachines):
    """Does not remove a machine."""

    def remove(self, name: str) -> None:
        raise HypervisorError(f"Could not remove {name}.")


class Stage:
    """A hypervisor on which nothing is made yet."""

    def __init__(self, machines: type[FakeMachines] = FakeMachines) -> None:
        self.guests = FakeGuests(PAIR)
        self.machines = machines(self.guests)
        self.ports = FakePortGroups(
            (
                FakeNic(
                    machine=guest.name,
                    mac=guest.mac,
                    port_group=guest.port_group,
                    configured=PortState(filter=Filter(name=f"vipprov-{guest.name}")),
                    in_force=replace(STARTED, filter=Filter(name=f"vipprov-{guest.name}")),
                )
                for guest in PAIR.guests
            ),
            bridges=("leaf1", "leaf2"),
        )
        self.said: list[str] = []
        self.configured: list[str] = []

    def stop_learning(self, name: str) -> None:
        (port,) = self.ports.ports(name)
        self.ports.set_learning(name, port.mac, is_on=False)

    def learns(self, name: str) -> bool | None:
        (port,) = self.ports.ports(name)
        return None if port.in_force is None else port.in_force.learning

    def relearning(self) -> list[str]:
        return [line for line in self.said if "MAC learning" in line]

    def apply(self, folder: Path, pair: Pair = PAIR) -> None:
        hypervisor = Hypervisor(machines=self.machines, port_groups=self.ports, claims=FakeClaims())
        run = Run(
            hypervisor=hypervisor,
            pair="web",
            by=Deadline.after(60, clock=FakeClock()),
            election=30,
            say=self.said.append,
            configured=lambda guest, _: self.configured.append(guest.name),
            logs=folder,
        )
        with Undo(lambda: self.said.append("undoing")) as undo:
            apply.apply(desired(pair), run, undo, may_replace=False)


def fail(stage: Stage, *wanted: Event) -> None:
    stage.guests.fails = lambda event: event in wanted


def test_what_to_expect_of_new_machines_is_said_once_and_not_of_those_that_are_there(
    tmp_path: Path,
) -> None:
    stage = Stage()
    stage.machines.expected = "guests are emulated"
    stage.apply(tmp_path)
    stage.apply(tmp_path)
    assert stage.said.count("guests are emulated") == 1


def test_what_cannot_be_made_is_said_before_anything_is(tmp_path: Path) -> None:
    stage = Stage()
    stage.machines.lost = {"esx9"}
    away = replace(PAIR.guests[1], placement=Placement(host="esx9"))
    with pytest.raises(MissingError, match="There is no host esx9"):
        stage.apply(tmp_path, replace(PAIR, guests=(PAIR.guests[0], away)))
    assert stage.machines.list() == ()


def test_what_is_elsewhere_and_stays_there_is_said(tmp_path: Path) -> None:
    stage = Stage()
    stage.apply(tmp_path)
    stage.machines.strays = {"web-2"}
    stage.apply(tmp_path)
    assert stage.said[-1] == "web-2 stays"


def test_guests_of_a_failed_run_are_removed_after_their_logs_are_saved(tmp_path: Path) -> None:
    stage = Stage()
    fail(stage, ("web-2", "boot"))
    with pytest.raises(GuestError, match="cloud-init in web-2 ended with errors") as failed:
        stage.apply(tmp_path)
    assert stage.machines.list() == ()
    assert failed.value.__notes__ == [f"The guests' logs are in {tmp_path}."]
    assert {path.name for path in tmp_path.iterdir()} == {"web-1", "web-2"}


def test_guest_that_cannot_be_removed_is_named_under_the_error_that_came_first(
    tmp_path: Path,
) -> None:
    stage = Stage(Stubborn)
    fail(stage, ("web-2", "boot"))
    with pytest.raises(GuestError, match="cloud-init in web-2 ended with errors") as failed:
        stage.apply(tmp_path)
    assert failed.value.__notes__[1:] == [
        f"not undone: {name}: Could not remove {name}." for name in ("web-2", "web-1")
    ]
    assert all(machine.power is Power.OFF for machine in stage.machines.list())


def test_machine_that_was_there_is_not_removed_with_the_one_that_was_made(tmp_path: Path) -> None:
    stage = Stage()
    first = desired(PAIR).guests[0]
    stage.machines.define(first.spec)
    fail(stage, ("web-2", "boot"))
    with pytest.raises(GuestError):
        stage.apply(tmp_path)
    assert [machine.name for machine in stage.machines.list()] == ["web-1"]


def test_guest_that_was_there_before_is_not_said_to_be_configured_by_its_boot(
    tmp_path: Path,
) -> None:
    stage = Stage()
    stage.machines.define(desired(PAIR).guests[0].spec)
    stage.apply(tmp_path)
    assert stage.configured == ["web-2"]


@pytest.mark.parametrize("before", ["clean-traffic", OURS])
def test_filter_of_a_running_guest_is_what_it_was_after_a_failed_run(
    tmp_path: Path, before: str
) -> None:
    stage = Stage()
    first = desired(PAIR).guests[0]
    name, nic = first.spec.name, first.spec.nics[0]
    running = replace(first.spec, nics=(replace(nic, filter=before),))
    stage.machines.define(replace(running, mark=replace(first.spec.mark, ready=True)))
    stage.machines.set_power(name, Power.ON)
    stage.guests.files[name] = {file.path: file.content for file in first.configuration.files}
    if before == OURS:
        stage.ports.add_filter(OURS, nic.mac, ("00:00:5e:00:01:63",))
    stage.ports.set_filter(name, nic.mac, before)
    (was,) = stage.ports.ports(name)
    fail(stage, ("web-2", "boot"))
    with pytest.raises(GuestError):
        stage.apply(tmp_path)
    (port,) = stage.ports.ports(name)
    assert port == was
    assert (OURS in stage.ports.filters) is (before == OURS)


def test_keepalived_that_was_left_frozen_is_thawed_before_it_has_to_read_a_new_file(
    tmp_path: Path,
) -> None:
    stage = Stage()
    stage.apply(tmp_path)
    stage.guests.frozen.add("web-1")
    stage.guests.events.clear()
    first, *others = PAIR.guests
    stage.apply(tmp_path, replace(PAIR, guests=(replace(first, priority=99), *others)))
    assert [what for _, what in stage.guests.events][:2] == ["thaw", "write"]
    assert stage.guests.frozen == set()


def test_port_that_stopped_learning_learns_again_and_one_that_learns_is_left_alone(
    tmp_path: Path,
) -> None:
    stage = Stage()
    stage.apply(tmp_path)
    stage.stop_learning("web-2")
    for _ in range(2):
        stage.apply(tmp_path)
        assert stage.learns("web-2")
    assert stage.relearning() == ["~ MAC learning of web-2 52:54:00:50:00:02: off → on"]


def test_port_that_keeps_nothing_of_ours_is_not_made_to_learn(tmp_path: Path) -> None:
    pair = make_pair(vip=make_vip(vmac=False))
    stage = Stage()
    stage.apply(tmp_path, pair)
    stage.stop_learning("web-2")
    stage.apply(tmp_path, pair)
    assert stage.learns("web-2") is False


def test_port_does_not_learn_after_a_failed_run_if_it_did_not_before(tmp_path: Path) -> None:
    stage = Stage()
    first = desired(PAIR).guests[0]
    stage.machines.define(replace(first.spec, mark=replace(first.spec.mark, ready=True)))
    stage.machines.set_power("web-1", Power.ON)
    stage.guests.files["web-1"] = {file.path: file.content for file in first.configuration.files}
    stage.ports.add_filter(OURS, first.spec.nics[0].mac, (VMAC,))
    stage.stop_learning("web-1")
    fail(stage, ("web-2", "boot"))
    with pytest.raises(GuestError):
        stage.apply(tmp_path)
    assert len(stage.relearning()) == 1
    assert stage.learns("web-1") is False


def test_run_that_ends_well_takes_nothing_back(tmp_path: Path) -> None:
    stage = Stage()
    stage.apply(tmp_path)
    assert "undoing" not in stage.said
    assert {machine.power for machine in stage.machines.list()} == {Power.ON}
    assert {machine.mark is not None and machine.mark.ready for machine in stage.machines.list()}
    assert stage.ports.filters["vipprov-web-1"].passes == {VMAC}


def test_filter_is_made_for_a_pair_without_a_virtual_mac_too(tmp_path: Path) -> None:
    stage = Stage()
    stage.apply(tmp_path, make_pair(vip=make_vip(vmac=False)))
    assert stage.ports.filters["vipprov-web-1"].passes == frozenset()
