"""What is removed of a pair, and what somebody else made of it is told before it is gone."""

from dataclasses import replace
from pathlib import Path

import pytest

from factories import make_pair
from fakes.claims import FakeClaims
from fakes.clock import FakeClock
from fakes.machines import FakeMachines
from fakes.portgroups import STARTED, FakeNic, FakePortGroups
from plans import VMAC, desired
from vipprov.guest import pairfile
from vipprov.guest.deadline import Deadline
from vipprov.guest.errors import HypervisorError
from vipprov.guest.pair import CustomPolicy, Setting
from vipprov.hv.machine import Power
from vipprov.hv.portgroup import Filter, PortState
from vipprov.hv.registry import Hypervisor
from vipprov.pipelines import destroy, fleet, observe, remove

PAIR = make_pair()
PAIR_FILE = """\
name: web
port_group: leaf1
vip: {addresses: [10.50.50.50/24], virtual_router_id: 50}
guests:
- {name: web-1, addresses: [10.50.50.51/24]}
- {name: web-2, addresses: [10.50.50.52/24]}
"""
BEFORE = PortState(filter=Filter(name="clean-traffic"), isolated=False)
THEIRS = replace(BEFORE, filter=Filter(name="theirs"))


@pytest.fixture
def hypervisor() -> Hypervisor:
    """Return one with a pair whose ports were opened by hand as well."""
    machines = FakeMachines()
    ports = FakePortGroups(
        (
            FakeNic(
                machine=guest.name,
                mac=guest.mac,
                port_group=guest.port_group,
                configured=BEFORE,
                in_force=replace(STARTED, filter=BEFORE.filter),
            )
            for guest in PAIR.guests
        ),
        bridges=("leaf1", "leaf2"),
    )
    for guest in desired(PAIR).guests:
        machines.define(guest.spec)
        machines.set_power(guest.spec.name, Power.ON)
        ports.permit(guest.spec.name, guest.guest.mac, (VMAC,))
        ports.add_filter(remove.filter_name(guest.spec.name), guest.guest.mac, (VMAC,))
    return Hypervisor(machines=machines, port_groups=ports, claims=FakeClaims())


def damage(hypervisor: Hypervisor, name: str) -> None:
    """Let somebody write rubbish where the mark of the machine was."""
    machines = hypervisor.machines
    assert isinstance(machines, FakeMachines)
    machines.machines[name] = replace(
        machines.machines[name], mark=None, mark_error="It is no JSON."
    )


def edit(hypervisor: Hypervisor, name: str) -> None:
    """Let somebody else give the port another filter, from the next start on."""
    ports = hypervisor.port_groups
    assert isinstance(ports, FakePortGroups)
    (key,) = (key for key in ports.nics if key[0] == name)
    ports.nics[key] = replace(ports.nics[key], configured=THEIRS, in_force=None)
    ports.filters["theirs"] = ports.filters["clean-traffic"]


def filters(hypervisor: Hypervisor) -> set[str]:
    assert isinstance(hypervisor.port_groups, FakePortGroups)
    return set(hypervisor.port_groups.filters)


def test_machine_goes_with_its_filters_and_its_port_is_put_back(hypervisor: Hypervisor) -> None:
    assert remove.named(hypervisor, "web-1", pair="web") == ()
    assert [machine.name for machine in hypervisor.machines.list()] == ["web-2"]
    assert {name for name in filters(hypervisor) if "web-1" in name} == set()
    (port,) = hypervisor.port_groups.ports("web-1")
    assert port.configured == BEFORE


def test_machine_of_somebody_else_stays(hypervisor: Hypervisor) -> None:
    assert remove.named(hypervisor, "web-1", pair="other") == ()
    assert len(hypervisor.machines.list()) == 2


def test_port_that_somebody_else_changed_stays_as_it_is_and_the_pair_goes_all_the_same(
    hypervisor: Hypervisor,
) -> None:
    edit(hypervisor, "web-1")
    done = destroy.destroy(hypervisor, "web", say=lambda _: None)
    assert done.machines == ("web-1", "web-2")
    assert hypervisor.machines.list() == ()
    (port,) = hypervisor.port_groups.ports("web-1")
    assert port.configured == THEIRS
    assert filters(hypervisor) == {"clean-traffic", "theirs"}


def test_all_three_versions_of_every_changed_port_are_told(hypervisor: Hypervisor) -> None:
    for name in ("web-1", "web-2"):
        edit(hypervisor, name)
    done = destroy.destroy(hypervisor, "web", say=lambda _: None)
    assert [told.splitlines()[0].split(" ")[0] for told in done.edited] == ["web-1", "web-2"]
    _, before, ours, now = done.edited[0].splitlines()
    assert before == "before: filter clean-traffic, isolated off"
    assert ours.startswith("as we left it: filter vipprov-web-1")
    assert now == "now: filter theirs, isolated off"


def test_policy_by_settings_is_put_back_too(hypervisor: Hypervisor) -> None:
    policy = CustomPolicy(promiscuous=Setting.ACCEPT, forged_transmits=Setting.ACCEPT)
    hypervisor.port_groups.apply("web-2", PAIR.guests[1].mac, policy)
    assert remove.named(hypervisor, "web-2", pair="web") == ()
    (port,) = hypervisor.port_groups.ports("web-2")
    assert port.configured == BEFORE


def test_machine_with_a_damaged_mark_goes_with_its_pair(hypervisor: Hypervisor) -> None:
    source = pairfile.read(PAIR_FILE.encode(), path=Path("pair.yaml")).text
    for guest in PAIR.guests:
        machine = hypervisor.machines.show(guest.name)
        assert machine is not None
        assert machine.mark is not None
        hypervisor.machines.set_mark(guest.name, replace(machine.mark, source=source))
    damage(hypervisor, "web-1")
    assert fleet.members(hypervisor.machines, "web") == ("web-1", "web-2")
    done = destroy.destroy(hypervisor, "web", say=lambda _: None)
    assert done.machines == ("web-1", "web-2")
    assert hypervisor.machines.list() == ()
    assert filters(hypervisor) == {"clean-traffic"}


def test_machine_with_a_damaged_mark_is_not_called_another_tools(hypervisor: Hypervisor) -> None:
    damage(hypervisor, "web-1")
    by = Deadline.after(10, clock=FakeClock())
    with pytest.raises(HypervisorError, match="mark on it is damaged") as told:
        observe.observe(desired(PAIR), hypervisor, by=by)
    assert "vm destroy web" in told.value.hint
