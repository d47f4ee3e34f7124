"""What has to be done follows from what is and what should be, and from nothing else."""

from dataclasses import replace
from pathlib import PurePosixPath

import pytest

from factories import make_pair
from plans import VMAC, desired
from vipprov.guest.facts import Daemon
from vipprov.hv.machine import Machine, Power, Sort
from vipprov.hv.mark import Mark
from vipprov.pipelines import actionwords
from vipprov.pipelines import plan as planning
from vipprov.pipelines.actions import (
    Make,
    Reconfigure,
    Refilter,
    Relearn,
    Remove,
    Replace,
    Resume,
    Start,
    Thaw,
)
from vipprov.pipelines.state import Desired, Observed, ObservedGuest


def as_desired(wanted: Desired) -> Observed:
    """Return a world in which everything is as it should be."""
    return Observed(
        guests={
            one.spec.name: ObservedGuest(
                machine=Machine(
                    name=one.spec.name,
                    uuid="u",
                    sort=Sort.CONTAINER,
                    power=Power.ON,
                    nics=one.spec.nics,
                    mark=replace(one.spec.mark, ready=True),
                ),
                files={file.path: file.content for file in one.configuration.files},
                passes={one.guest.mac: frozenset({VMAC})},
            )
            for one in wanted.guests
        },
        surplus=(),
    )


def with_first(observed: Observed, **changes: object) -> Observed:
    """Return the same world with the first guest changed."""
    (name, first), *_ = observed.guests.items()
    return replace(observed, guests={**observed.guests, name: replace(first, **changes)})  # type: ignore[arg-type]  # the test names the fields


def first(observed: Observed) -> ObservedGuest:
    return next(iter(observed.guests.values()))


def machine(observed: Observed) -> Machine:
    found = first(observed).machine
    assert found is not None
    return found


def test_nothing_is_done_when_all_is_as_it_should_be() -> None:
    wanted = desired(make_pair())
    assert planning.plan(wanted, as_desired(wanted)).actions == ()


def test_machines_that_are_not_there_are_made() -> None:
    wanted = desired(make_pair())
    nothing = ObservedGuest(machine=None, files=None, passes={})
    observed = Observed(guests={one.spec.name: nothing for one in wanted.guests}, surplus=())
    assert planning.plan(wanted, observed).actions == tuple(
        Make(guest=guest) for guest in wanted.guests
    )


def test_machine_made_from_something_else_is_replaced_and_the_reason_is_named() -> None:
    wanted = desired(make_pair())
    world = as_desired(wanted)
    old = Mark(
        pair="web",
        guest="web-1",
        identity="two",
        ready=True,
        ingredients=(("image", "1"), ("size", "2")),
    )
    observed = with_first(world, machine=replace(machine(world), mark=old))
    plan = planning.plan(wanted, observed)
    assert plan.actions == (Replace(guest=wanted.guests[0], reasons=("size",)),)
    assert plan.destructive == plan.actions


def test_machine_that_is_off_is_gone_on_with() -> None:
    wanted = desired(make_pair())
    world = as_desired(wanted)
    off = replace(machine(world), power=Power.OFF)
    plan = planning.plan(wanted, with_first(world, machine=off, files=None))
    assert plan.actions == (Resume(guest=wanted.guests[0], why="it is off"),)


def test_keepalived_that_somebody_stopped_is_started() -> None:
    wanted = desired(make_pair())
    plan = planning.plan(wanted, with_first(as_desired(wanted), daemon=Daemon.ABSENT))
    assert plan.actions == (Start(guest=wanted.guests[0]),)
    assert actionwords.describe(plan.actions[0]) == "~ start keepalived in web-1"


def test_keepalived_that_was_left_frozen_is_thawed() -> None:
    wanted = desired(make_pair())
    plan = planning.plan(wanted, with_first(as_desired(wanted), daemon=Daemon.FROZEN))
    assert plan.actions == (Thaw(guest=wanted.guests[0]),)
    assert actionwords.describe(plan.actions[0]) == "~ thaw keepalived in web-1"


def test_machine_of_a_killed_run_is_gone_on_with() -> None:
    wanted = desired(make_pair())
    world = as_desired(wanted)
    unready = replace(machine(world), mark=wanted.guests[0].spec.mark)
    plan = planning.plan(wanted, with_first(world, machine=unready, files=None))
    (action,) = plan.actions
    assert isinstance(action, Resume)


def test_changed_priority_is_a_change_inside_the_guest_with_its_exact_difference() -> None:
    before, after = make_pair(), make_pair()
    guest = replace(after.guests[0], priority=77)
    after = replace(after, guests=(guest, *after.guests[1:]))
    plan = planning.plan(desired(after), as_desired(desired(before)))
    (action,) = plan.actions
    assert isinstance(action, Reconfigure)
    (change,) = action.changes
    assert change.path == PurePosixPath("/etc/keepalived/keepalived.conf")
    changed = [line for line in change.diff.splitlines() if line[:1] in "+-" and line[1:2] == " "]
    assert changed == [f"-    priority {before.guests[0].priority}", "+    priority 77"]
    assert not plan.destructive
    assert not plan.disruptive


def test_another_router_id_is_disruptive() -> None:
    before = make_pair()
    after = replace(before, vip=replace(before.vip, virtual_router_id=99))
    assert planning.plan(desired(after), as_desired(desired(before))).disruptive


@pytest.mark.parametrize("passes", [{}, {"52:54:00:00:00:01": frozenset[str]()}])
def test_filter_that_does_not_let_the_virtual_mac_out_is_mended(
    passes: dict[str, frozenset[str]],
) -> None:
    wanted = desired(make_pair())
    plan = planning.plan(wanted, with_first(as_desired(wanted), passes=passes))
    (action,) = plan.actions
    assert isinstance(action, Refilter)
    assert action.before == action.after == "vipprov-web-1"


def test_filter_that_filters_nothing_is_bound_anew() -> None:
    wanted = desired(make_pair())
    mac = wanted.guests[0].guest.mac
    plan = planning.plan(wanted, with_first(as_desired(wanted), unhooked=frozenset({mac})))
    (action,) = plan.actions
    assert isinstance(action, Refilter)
    assert action.passes == {VMAC}
    assert (
        actionwords.describe(action)
        == f"~ filter of web-1 {mac}: vipprov-web-1 ({VMAC}), made anew"
    )


def test_filter_that_the_pair_file_does_not_ask_for_is_not_bound_anew() -> None:
    wanted = desired(make_pair())
    guest = wanted.guests[0]
    bare = replace(
        guest, spec=replace(guest.spec, nics=(replace(guest.spec.nics[0], filter=None),))
    )
    world = as_desired(replace(wanted, guests=(bare, *wanted.guests[1:])))
    mac = guest.guest.mac
    observed = with_first(world, unhooked=frozenset({mac}))
    assert planning.plan(replace(wanted, guests=(bare, *wanted.guests[1:])), observed).actions == ()


def test_port_that_does_not_learn_the_virtual_mac_is_made_to_learn_again() -> None:
    wanted = desired(make_pair())
    mac = wanted.guests[0].guest.mac
    world = with_first(as_desired(wanted), unlearning=frozenset({mac, "52:54:00:00:00:99"}))
    plan = planning.plan(wanted, world)
    assert plan.actions == (Relearn(guest=wanted.guests[0], mac=mac),)
    assert actionwords.describe(plan.actions[0]) == f"~ MAC learning of web-1 {mac}: off → on"
    assert not plan.destructive


def test_machine_that_the_file_does_not_name_any_more_is_removed_only_on_request() -> None:
    wanted = desired(make_pair())
    world = as_desired(wanted)
    third = replace(machine(world), name="web-3")
    plan = planning.plan(wanted, replace(world, surplus=(third,)))
    assert plan.actions == (Remove(machine=third),)
    assert plan.destructive == plan.actions


def test_change_that_was_cut_short_is_made_again_whole() -> None:
    wanted = desired(make_pair())
    world = as_desired(wanted)
    mark = replace(wanted.guests[0].spec.mark, ready=True, pending=True)
    plan = planning.plan(wanted, with_first(world, machine=replace(machine(world), mark=mark)))
    (action,) = plan.actions
    assert isinstance(action, Reconfigure)
    written = {change.path for change in action.changes}
    assert written == {file.path for file in wanted.guests[0].configuration.files}


@pytest.mark.parametrize("sort", Sort)
def test_container_that_runs_without_a_filter_is_made_anew_to_get_its_first(sort: Sort) -> None:
    wanted = desired(make_pair())
    observed = as_desired(wanted)
    (nic,) = machine(observed).nics
    bare = replace(machine(observed), sort=sort, nics=(replace(nic, filter=None),))
    world = with_first(observed, machine=bare, passes={}, unfiltered=frozenset({nic.mac}))
    (action,) = planning.plan(wanted, world).actions
    if sort is Sort.CONTAINER:
        assert isinstance(action, Replace)
        assert action.reasons == ("filter",)
    else:
        assert isinstance(action, Refilter)


def test_container_whose_filter_somebody_took_out_of_its_configuration_alone_is_not_made_anew() -> (
    None
):
    wanted = desired(make_pair())
    observed = as_desired(wanted)
    (nic,) = machine(observed).nics
    bare = replace(machine(observed), nics=(replace(nic, filter=None),))
    (action,) = planning.plan(wanted, with_first(observed, machine=bare)).actions
    assert isinstance(action, Refilter)


def test_plan_says_what_a_new_machines_port_will_let_through() -> None:
    (guest, _) = desired(make_pair()).guests
    assert actionwords.describe(Make(guest=guest)).endswith(f", its port open for {VMAC}")


def test_change_of_a_filter_says_which_macs_it_is_about() -> None:
    (guest, _) = desired(make_pair()).guests
    name = "vipprov-web-1"
    change = Refilter(
        guest=guest, mac="m", before=name, after=name, passes=frozenset({"00:00:5e:00:01:63"})
    )
    told = actionwords.describe(change)
    assert told.endswith(f"{name} (00:00:5e:00:01:63) → {name} ({VMAC})")
