"""Closing port groups: what a record becomes, and what was opened meanwhile."""

from fakes.switchgroups import FakeSwitchGroups
from switchgroups import ACCEPT, INHERITED, LEARNS, REJECT, distributed
from vipprov.hv import switchplan
from vipprov.hv.switchgroup import OwnPolicy, Record
from vipprov.pipelines import switchchange, switchgroup
from vipprov.pipelines.switchgroup import Change

OPENED = OwnPolicy(promiscuous=REJECT, mac_changes=REJECT, forged_transmits=ACCEPT, learning=LEARNS)
RECORD = Record(before=INHERITED, opened=OPENED, reason="for web-1")


def opened() -> FakeSwitchGroups:
    groups = FakeSwitchGroups([distributed()])
    groups.change("dvportgroup-leaf1", OPENED)
    return groups


def closing(groups: FakeSwitchGroups) -> Change:
    (group,) = groups.all()
    return Change(group=group, wanted=switchplan.closed(group))


def test_port_group_closed_by_force_is_given_back_as_it_was_before_it_was_opened() -> None:
    groups = opened()
    groups.remember(groups.all()[0], RECORD)
    groups.log.clear()
    switchchange.close(groups, closing(groups))
    assert groups.log == ["remember dvportgroup-leaf1", "write dvportgroup-leaf1"]
    (closed,) = groups.all()
    assert not switchplan.is_open(closed)
    (back,) = switchgroup.to_restore(switchgroup.named([closed], "leaf1"))
    switchchange.restore(groups, back)
    assert (groups.all()[0].own, groups.all()[0].record) == (INHERITED, None)


def test_port_group_that_is_opened_for_somebody_after_the_plan_stays_open() -> None:
    groups = opened()
    planned = closing(groups)
    groups.remember(planned.group, RECORD)
    switchchange.close(groups, planned)
    assert groups.all()[0].own == OPENED
