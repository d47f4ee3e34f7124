"""Hardening closes what serves nobody, and says why the rest stays open."""

from dataclasses import replace

import pytest

from switchgroups import INHERITED, OPEN, distributed, standard
from vipprov.guest.errors import MissingError
from vipprov.hv.switchgroup import GroupKind, Plugged, Record, SwitchGroup
from vipprov.pipelines import harden

RUNNING = Plugged(name="app-1", is_on=True)
OFF = Plugged(name="app-2", is_on=False)
FOREIGN = Plugged(name="fw-1", is_on=True, foreign_macs=("00:00:5e:00:01:0a",))
ROUTER = Plugged(name="web-1", is_on=True, foreign_macs=("00:00:5e:00:01:32",))
PARTNER = Plugged(name="web-2", is_on=True, foreign_macs=("00:00:5e:00:01:32",))
NESTED = Plugged(name="esx-1", is_on=True, foreign_macs=("00:50:56:00:00:99",))
LEAF = frozenset({"leaf1"})
RECORD = Record(before=INHERITED, opened=INHERITED, reason="for web-1")


@pytest.mark.parametrize(
    ("group", "reason"),
    [
        (distributed(effective=OPEN, record=RECORD), "vipprov opened it for web-1"),
        (distributed(effective=OPEN, machines=(RUNNING,)), "machines are powered on: app-1"),
        (distributed(effective=OPEN, machines=(FOREIGN,)), "fw-1 shows foreign MACs: 00:00:5e:"),
    ],
)
def test_port_group_that_may_serve_somebody_stays_open(group: SwitchGroup, reason: str) -> None:
    plan = harden.plan([group])
    assert plan.changes == ()
    assert plan.skipped[0].reason.startswith(reason)


@pytest.mark.parametrize("machines", [(), (OFF,)])
def test_open_port_group_without_running_machines_is_closed(machines: tuple[Plugged, ...]) -> None:
    plan = harden.plan([standard(effective=OPEN, machines=machines)])
    assert len(plan.changes) == 1
    assert plan.skipped == ()


def test_named_port_group_is_closed_with_machines_on_it() -> None:
    group = distributed(effective=OPEN, machines=(RUNNING,))
    assert len(harden.plan([group], named=LEAF).changes) == 1


@pytest.mark.parametrize(
    "group",
    [
        distributed(effective=OPEN, machines=(FOREIGN,)),
        distributed(effective=OPEN, record=RECORD),
    ],
)
def test_naming_does_not_close_what_shows_foreign_macs_or_what_we_opened(
    group: SwitchGroup,
) -> None:
    assert harden.plan([group], named=LEAF).changes == ()


@pytest.mark.parametrize("kind", [GroupKind.UPLINK, GroupKind.NSX])
def test_uplinks_and_port_groups_of_nsx_are_not_looked_at(kind: GroupKind) -> None:
    plan = harden.plan([distributed(effective=OPEN, kind=kind)])
    assert (plan.changes, plan.skipped) == ((), ())


def test_port_group_of_a_pair_is_closed_if_it_is_named_and_forced_and_that_is_told() -> None:
    group = distributed(effective=OPEN, machines=(ROUTER, PARTNER), record=RECORD)
    plan = harden.plan([group], named=LEAF, force=True)
    assert len(plan.changes) == 1
    assert plan.cut_off == (group,)


def test_force_closes_nothing_that_is_not_named() -> None:
    group = distributed(effective=OPEN, machines=(ROUTER,), record=RECORD)
    plan = harden.plan([group], force=True)
    assert plan.changes == ()
    assert "name it to close it by force" in plan.skipped[0].reason


@pytest.mark.parametrize("stranger", [FOREIGN, NESTED])
@pytest.mark.parametrize("record", [None, RECORD])
def test_force_does_not_close_what_another_machine_needs(
    stranger: Plugged, record: Record | None
) -> None:
    group = distributed(effective=OPEN, machines=(ROUTER, stranger), record=record)
    assert harden.plan([group], named=LEAF, force=True).changes == ()


def test_of_what_was_opened_by_name_the_virtual_routers_are_given_up_by_force() -> None:
    record = Record(before=INHERITED, opened=INHERITED, reason="by name")
    group = distributed(effective=OPEN, machines=(ROUTER,), record=record)
    assert len(harden.plan([group], named=LEAF, force=True).changes) == 1
    group = distributed(effective=OPEN, machines=(ROUTER, NESTED), record=record)
    assert harden.plan([group], named=LEAF, force=True).changes == ()


def test_name_that_no_port_group_has_is_said_to_be_unknown() -> None:
    with pytest.raises(MissingError, match=r"There is no port group leaf9\."):
        harden.plan([distributed(effective=OPEN)], named=frozenset({"leaf9"}))


def test_port_group_of_a_pair_that_vipprov_made_stays_open_without_a_record_too() -> None:
    member, partner = replace(ROUTER, pair="web"), replace(PARTNER, pair="web", is_on=False)
    group = distributed(effective=OPEN, machines=(member, partner))
    for named in (frozenset[str](), LEAF):
        (skipped,) = harden.plan([group], named=named).skipped
        assert skipped.reason == "it serves the pair web"
    forced = harden.plan([group], named=LEAF, force=True)
    assert forced.cut_off == (group,)
    stranger = replace(group, machines=(member, FOREIGN))
    assert harden.plan([stranger], named=LEAF, force=True).changes == ()
