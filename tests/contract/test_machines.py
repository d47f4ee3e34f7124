"""All machines, fake or real, keep these promises of their lives."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from contract.hosts import (
    ESXI,
    FAKE,
    LXC,
    MAC,
    QEMU,
    TEST,
    VCENTER,
    Host,
    opened,
    simulator_of,
    soon,
)
from vipprov.guest.errors import GuestError, HeldError, HypervisorError, MissingError
from vipprov.hv.machine import Link, Power


@pytest.fixture(params=[FAKE, TEST, LXC, QEMU, VCENTER, ESXI])
def host(request: pytest.FixtureRequest) -> Iterator[Host]:
    with opened(request.param, simulator_of(request)) as host:
        yield host


def test_unknown_machine_is_shown_as_none(host: Host) -> None:
    assert host.machines.show(host.name) is None


def test_new_machine_is_off_and_as_it_was_specified(host: Host) -> None:
    made = host.machines.define(host.spec)
    assert made.power is Power.OFF
    assert (made.name, made.nics, made.mark) == (host.name, host.spec.nics, host.spec.mark)
    assert made.sort is host.spec.sort
    assert host.machines.show(host.name) == made
    assert made in host.machines.list()


def test_machine_that_nobody_placed_can_be_made_and_is_never_elsewhere(host: Host) -> None:
    host.machines.refuse_hopeless([host.spec])
    host.machines.define(host.spec)
    assert host.machines.displaced([host.spec]) == ()


def test_defining_again_leaves_the_machine_as_it_is(host: Host) -> None:
    made = host.machines.define(host.spec)
    other = replace(host.spec, mark=replace(host.spec.mark, identity="two"))
    assert host.machines.define(other) == made


def test_machine_of_another_pair_is_not_taken_over(host: Host) -> None:
    made = host.machines.define(host.spec)
    other = replace(host.spec, mark=replace(host.spec.mark, pair="another"))
    with pytest.raises(HeldError):
        host.machines.define(other)
    assert host.machines.show(host.name) == made


def test_machine_goes_through_all_states_and_each_may_be_asked_for_twice(host: Host) -> None:
    host.machines.define(host.spec)
    on, paused, off = Power.ON, Power.PAUSED, Power.OFF
    for power in (on, on, paused, paused, on, off, off, on, paused, off):
        assert host.machines.set_power(host.name, power).power is power


def test_machine_that_is_off_cannot_be_paused(host: Host) -> None:
    host.machines.define(host.spec)
    with pytest.raises(HypervisorError, match="is off and cannot be paused"):
        host.machines.set_power(host.name, Power.PAUSED)


def test_verbs_on_an_unknown_machine_are_refused(host: Host) -> None:
    with pytest.raises(MissingError):
        host.machines.set_power(host.name, Power.ON)
    with pytest.raises(MissingError):
        host.machines.set_mark(host.name, host.spec.mark)
    with pytest.raises(MissingError):
        host.machines.reset(host.name)
    with pytest.raises(MissingError):
        host.machines.kill(host.name)
    with pytest.raises(MissingError):
        host.machines.set_moves(host.name, ())
    with pytest.raises(MissingError):
        host.machines.set_link(host.name, MAC, Link.DOWN)


def test_machine_that_is_off_has_no_reset_button_and_no_cable(host: Host) -> None:
    host.machines.define(host.spec)
    with pytest.raises(GuestError):
        host.machines.reset(host.name)
    with pytest.raises(GuestError):
        host.machines.set_link(host.name, MAC, Link.DOWN)


def test_cable_of_a_nic_that_is_not_there_is_missing(host: Host) -> None:
    host.machines.define(host.spec)
    host.machines.set_power(host.name, Power.ON)
    with pytest.raises(MissingError, match="has no NIC"):
        host.machines.set_link(host.name, "52:54:00:00:00:99", Link.DOWN)


def test_mark_is_replaced_while_on_and_stays_when_off(host: Host) -> None:
    host.machines.define(host.spec)
    host.machines.set_power(host.name, Power.ON)
    ready = replace(host.spec.mark, ready=True)
    host.machines.set_mark(host.name, ready)
    assert host.machines.set_power(host.name, Power.OFF).mark == ready


def test_moves_are_remembered_beside_the_mark_and_stay_when_off(host: Host) -> None:
    moves = (("00:00:5e:00:01:32", (datetime(2026, 1, 1, 12, 0, 0, 1000, tzinfo=UTC),)),)
    host.machines.define(host.spec)
    host.machines.set_power(host.name, Power.ON)
    host.machines.set_moves(host.name, moves)
    host.machines.set_mark(host.name, replace(host.spec.mark, ready=True))
    assert host.machines.set_power(host.name, Power.OFF).moves == moves
    host.machines.set_moves(host.name, ())
    shown = host.machines.show(host.name)
    assert shown is not None
    assert shown.moves == ()


def test_machine_is_killed_and_killing_a_dead_one_is_quiet(host: Host) -> None:
    host.machines.define(host.spec)
    host.machines.set_power(host.name, Power.ON)
    host.machines.kill(host.name)
    soon().poll(
        lambda: is_off(host) or None,
        what=f"{host.name} to be off",
    )
    host.machines.kill(host.name)
    assert host.machines.set_power(host.name, Power.ON).power is Power.ON


def is_off(host: Host) -> bool:
    shown = host.machines.show(host.name)
    return shown is not None and shown.power is Power.OFF


def test_mark_can_be_forgotten_twice(host: Host) -> None:
    host.machines.define(host.spec)
    for _ in range(2):
        host.machines.set_mark(host.name, None)
    shown = host.machines.show(host.name)
    assert shown is not None
    assert shown.mark is None


def test_command_in_a_machine_that_is_off_is_the_guests_error(host: Host) -> None:
    host.machines.define(host.spec)
    with pytest.raises(GuestError):
        host.machines.run(host.name, ("true",), by=soon())


def test_logs_are_saved_of_a_machine_that_is_off(host: Host, tmp_path: Path) -> None:
    host.machines.define(host.spec)
    host.machines.set_power(host.name, Power.ON)
    host.machines.set_power(host.name, Power.OFF)
    host.machines.save_logs(host.name, tmp_path / "logs")
    assert any((tmp_path / "logs").iterdir())


def test_running_machine_is_removed_and_removing_again_is_quiet(host: Host) -> None:
    host.machines.define(host.spec)
    host.machines.set_power(host.name, Power.ON)
    for _ in range(2):
        host.machines.remove(host.name)
    assert host.machines.show(host.name) is None
