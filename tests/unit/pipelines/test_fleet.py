"""Pairs are known by the marks on their machines, and a mark that says nothing stops no command."""

from dataclasses import replace

import pytest

from fakes.machines import FakeMachines
from plans import make_spec
from vipprov.guest.errors import MissingError
from vipprov.pipelines import fleet


def test_machine_with_an_unreadable_mark_is_named_and_the_rest_of_its_pair_is_listed() -> None:
    machines = FakeMachines()
    for name in ("web-1", "web-2"):
        machines.define(make_spec(name))
    edited = replace(machines.machines["web-2"], mark=None, mark_error="It is no JSON.")
    machines.machines["web-2"] = edited
    (pair,) = fleet.pairs(machines)
    assert [machine.name for machine in pair.machines] == ["web-1"]
    assert fleet.unreadable(machines) == ("web-2 is left out: It is no JSON.",)


def test_name_of_a_pair_where_a_guest_is_meant_gets_the_names_of_its_guests() -> None:
    machines = FakeMachines()
    for name in ("web-1", "web-2"):
        machines.define(make_spec(name))
    assert fleet.guest(machines, "web-1").name == "web-1"
    with pytest.raises(MissingError, match="web is a pair") as caught:
        fleet.guest(machines, "web")
    assert "web-1, web-2" in caught.value.hint
    with pytest.raises(MissingError, match="no machine db"):
        fleet.guest(machines, "db")


def test_name_of_a_guest_or_of_a_file_where_a_pair_is_meant_is_told_for_what_it_is() -> None:
    machines = FakeMachines()
    machines.define(make_spec("web-1"))
    with pytest.raises(MissingError, match="web-1 is a guest") as caught:
        fleet.pair(machines, "web-1")
    assert "called web" in caught.value.hint
    with pytest.raises(MissingError, match=r"no pair called pair\.yaml") as caught:
        fleet.pair(machines, "pair.yaml")
    assert "not the file" in caught.value.hint
