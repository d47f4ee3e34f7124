"""All port groups, fake or real, keep these promises."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import pytest

from fakes.portgroups import STARTED, FakeNic, FakePortGroups
from vipprov.guest.errors import CheckFailedError, MissingError
from vipprov.guest.pair import CustomPolicy, Setting
from vipprov.hv.portgroup import Filter, Port, PortGroups, PortState

if TYPE_CHECKING:
    from lab.foreign import Foreign

NIC = "52:54:00:aa:00:01"
VMAC, OTHER_VMAC = "00:00:5e:00:01:32", "00:00:5e:00:01:33"
CLEAN_TRAFFIC = Filter(name="clean-traffic", parameters=(("IP", "192.0.2.11"),))
OPEN = CustomPolicy(
    promiscuous=Setting.ACCEPT, mac_changes=Setting.ACCEPT, forged_transmits=Setting.ACCEPT
)
CLOSED = CustomPolicy(promiscuous=Setting.REJECT, forged_transmits=Setting.REJECT)


@dataclass(frozen=True, slots=True, kw_only=True)
class World:
    """A running machine of another tool, behind clean-traffic, and hands that are not ours."""

    port_groups: PortGroups
    machine: str
    port_group: str
    power_cycle: Callable[[], None]
    stop_learning: Callable[[], None]
    stop_learning_and_flooding: Callable[[], None]
    tell_the_bridge: Callable[[str], None]
    unhook: Callable[[], None]

    def port(self) -> Port:
        (port,) = self.port_groups.ports(self.machine)
        return port

    def permit(self, *macs: str) -> Port:
        return self.port_groups.permit(self.machine, NIC, macs)

    def restore(self) -> Port:
        return self.port_groups.restore(self.machine, NIC)


@contextmanager
def fake() -> Iterator[World]:
    nic = FakeNic(
        machine="foreign",
        mac=NIC,
        port_group="leaf",
        configured=PortState(filter=CLEAN_TRAFFIC, isolated=False),
        in_force=replace(STARTED, filter=CLEAN_TRAFFIC),
    )
    groups = FakePortGroups([nic], bridges=["leaf"])

    def change(changed: Callable[[FakeNic, PortState], PortState]) -> None:
        found = groups.nics["foreign", NIC]
        assert found.in_force is not None
        groups.nics["foreign", NIC] = replace(found, in_force=changed(found, found.in_force))

    def tell(mac: str) -> None:
        found = groups.nics["foreign", NIC]
        groups.nics["foreign", NIC] = replace(found, pinned_macs=found.pinned_macs | {mac})

    def unhook() -> None:
        groups.nics["foreign", NIC] = replace(groups.nics["foreign", NIC], is_unhooked=True)

    yield World(
        port_groups=groups,
        machine="foreign",
        port_group="leaf",
        power_cycle=lambda: change(lambda nic, _: replace(STARTED, filter=nic.configured.filter)),
        stop_learning=lambda: change(lambda _, state: replace(state, learning=False)),
        stop_learning_and_flooding=lambda: change(
            lambda _, state: replace(state, learning=False, flood=False, pinned=False)
        ),
        tell_the_bridge=tell,
        unhook=unhook,
    )


@pytest.fixture(scope="module")
def container() -> Iterator["Foreign"]:
    from lab import foreign  # noqa: PLC0415  the fake needs no libvirt

    with foreign.container() as machine:
        yield machine


@contextmanager
def real(machine: "Foreign") -> Iterator[World]:
    from vipprov.hv.libvirtd.portgroup import LibvirtPortGroups  # noqa: PLC0415
    from vipprov.hv.libvirtd.session import Session  # noqa: PLC0415

    with machine.put_back(), Session("lxc:///system") as session:
        yield World(
            port_groups=LibvirtPortGroups(session),
            machine=machine.name,
            port_group=machine.bridge,
            power_cycle=machine.power_cycle,
            stop_learning=lambda: machine.set_flags(learning="off"),
            stop_learning_and_flooding=lambda: machine.set_flags(learning="off", flood="off"),
            tell_the_bridge=machine.pin,
            unhook=machine.unhook,
        )


@pytest.fixture(params=["fake", pytest.param("lxc:///system", marks=pytest.mark.lab)])
def world(request: pytest.FixtureRequest) -> Iterator[World]:
    made = fake() if request.param == "fake" else real(request.getfixturevalue("container"))
    with made as found:
        yield found


def test_port_of_another_tools_machine_is_shown_with_what_blocks_it(world: World) -> None:
    port = world.port()
    assert (port.configured.filter, port.in_force and port.in_force.filter) == (
        CLEAN_TRAFFIC,
        CLEAN_TRAFFIC,
    )
    assert port.settings.forged_transmits is Setting.REJECT
    assert "clean-traffic" in " ".join(port.obstacles)


def test_port_group_shows_the_ports_of_all_machines(world: World) -> None:
    group = world.port_groups.show(world.port_group)
    assert group is not None
    assert [(port.machine, port.mac) for port in group.ports] == [(world.machine, NIC)]


def test_what_does_not_exist_is_none_or_missing(world: World) -> None:
    assert world.port_groups.show("nonesuch") is None
    with pytest.raises(MissingError):
        world.port_groups.ports("nonesuch")
    with pytest.raises(MissingError):
        world.port_groups.refuse_hopeless("nonesuch")
    with pytest.raises(MissingError):
        world.port_groups.permit(world.machine, "52:54:00:ff:ff:ff", (VMAC,))


def test_a_plain_bridge_is_not_hopeless(world: World) -> None:
    world.port_groups.refuse_hopeless(world.port_group)


def test_plan_changes_nothing(world: World) -> None:
    before = world.port()
    record = world.port_groups.plan(world.machine, NIC, (VMAC,))
    assert record.before == before.configured != record.opened
    assert world.port() == before


def test_permit_opens_both_sides_for_this_mac_and_no_other(world: World) -> None:
    port = world.permit(VMAC)
    assert port.passes == {VMAC}
    assert port.obstacles == ()
    assert port.settings.forged_transmits is Setting.REJECT
    assert port.in_force is not None
    assert port.configured.filter == port.in_force.filter


def test_permit_twice_is_quiet(world: World) -> None:
    assert world.permit(VMAC) == world.permit(VMAC)


def test_permit_keeps_what_was_permitted_before(world: World) -> None:
    world.permit(VMAC)
    assert world.permit(OTHER_VMAC).passes == {VMAC, OTHER_VMAC}


def test_restore_gives_back_both_sides_and_forgets(world: World) -> None:
    before = world.port()
    world.permit(VMAC)
    world.permit(OTHER_VMAC)
    assert world.restore() == before
    assert world.port() == before


def test_restore_twice_is_quiet(world: World) -> None:
    world.permit(VMAC)
    assert world.restore() == world.restore()


def test_restore_of_a_port_that_was_never_opened_changes_nothing(world: World) -> None:
    before = world.port()
    assert world.restore() == before


def test_deaf_port_is_made_to_learn_and_given_back_deaf(world: World) -> None:
    world.stop_learning_and_flooding()
    before = world.port()
    assert before.settings.promiscuous is Setting.REJECT
    opened = world.permit(VMAC)
    assert opened.in_force is not None
    assert (opened.in_force.learning, opened.in_force.flood) == (True, False)
    assert world.restore() == before


def test_port_that_is_only_flooded_is_made_to_learn_and_given_back_as_it_was(
    world: World,
) -> None:
    world.stop_learning()
    before = world.port()
    assert before.settings.promiscuous is Setting.ACCEPT
    assert "does not learn MACs" in " ".join(before.obstacles)
    planned = world.port_groups.plan(world.machine, NIC, (VMAC,)).opened_in_force
    opened = world.permit(VMAC)
    assert opened.in_force is not None
    assert opened.in_force == planned
    assert (opened.in_force.learning, opened.in_force.flood) == (True, True)
    assert opened.obstacles == ()
    assert opened.record is not None
    assert opened.record.before_in_force == before.in_force
    assert world.restore() == before


def test_port_need_not_learn_the_mac_that_the_bridge_was_told(world: World) -> None:
    world.stop_learning()
    world.tell_the_bridge(VMAC)
    assert world.port().pinned_macs == {VMAC}
    opened = world.permit(VMAC)
    assert opened.in_force is not None
    assert opened.in_force.learning is False
    assert opened.obstacles == ()
    both = world.permit(OTHER_VMAC)
    assert both.in_force is not None
    assert both.in_force.learning is True


def test_learning_can_be_switched_and_is_not_remembered(world: World) -> None:
    before = world.port()
    for _ in range(2):
        stopped = world.port_groups.set_learning(world.machine, NIC, is_on=False)
        assert stopped.in_force is not None
        assert (stopped.in_force.learning, stopped.in_force.flood) == (False, True)
        assert stopped.record is None
    assert world.port_groups.set_learning(world.machine, NIC, is_on=True) == before


def test_restore_refuses_what_somebody_else_changed_and_shows_three_versions(
    world: World,
) -> None:
    world.permit(VMAC)
    world.stop_learning_and_flooding()
    with pytest.raises(CheckFailedError) as refused:
        world.restore()
    assert [line.partition(":")[0] for line in refused.value.details.splitlines()] == [
        "before",
        "as we left it",
        "now",
    ]


def test_machine_that_was_power_cycled_meanwhile_is_restored(world: World) -> None:
    before = world.port()
    world.permit(VMAC)
    world.power_cycle()
    assert world.port().passes == {VMAC}
    after = world.restore()
    assert (after.configured, after.in_force) == (before.configured, before.in_force)


def test_policy_of_three_accepts_opens_the_port_for_any_mac(world: World) -> None:
    before = world.port()
    port = world.port_groups.apply(world.machine, NIC, OPEN)
    assert port.settings.forged_transmits is port.settings.promiscuous is Setting.ACCEPT
    assert port.obstacles == ()
    assert world.restore() == before


def test_policy_of_rejects_closes_what_a_policy_of_accepts_opened(world: World) -> None:
    before = world.port()
    world.port_groups.apply(world.machine, NIC, OPEN)
    port = world.port_groups.apply(world.machine, NIC, CLOSED)
    assert port.settings.forged_transmits is port.settings.promiscuous is Setting.REJECT
    assert world.port_groups.apply(world.machine, NIC, CLOSED) == port
    assert world.restore() == before


def test_filter_whose_chain_is_not_hooked_is_not_in_force_until_it_is_bound_anew(
    world: World,
) -> None:
    groups, name = world.port_groups, f"vipprov-{world.machine}"
    groups.add_filter(name, NIC, (VMAC,))
    before = groups.set_filter(world.machine, NIC, name)
    assert before.unhooked is None
    world.unhook()
    port = world.port()
    assert port.unhooked == name
    assert port.in_force is not None
    assert port.in_force.filter is None
    assert port.settings.forged_transmits is Setting.ACCEPT
    assert port.passes == {VMAC}
    assert groups.set_learning(world.machine, NIC, is_on=True).unhooked == name
    assert groups.set_filter(world.machine, NIC, name) == before


def test_generated_filter_can_be_set_changed_and_removed(world: World) -> None:
    groups, name = world.port_groups, f"vipprov-{world.machine}"
    for macs in ((VMAC,), (VMAC,), (VMAC, OTHER_VMAC)):
        groups.add_filter(name, NIC, macs)
        assert groups.set_filter(world.machine, NIC, name).passes == set(macs)
    groups.set_filter(world.machine, NIC, None)
    groups.remove_filter(name)
    groups.remove_filter(name)
    assert world.port().configured.filter is None
