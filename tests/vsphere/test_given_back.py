"""permit and restore leave the configuration equal, field by field, whatever it was.

Meanwhile others go on with their work: nothing of theirs is lost.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from switchgroups import ACCEPT, REJECT, managed_policies, standard_policies, words
from vipprov.guest.errors import CheckFailedError
from vipprov.hv.switchgroup import Learning, OwnPolicy, SwitchGroup
from vipprov.hv.switchplan import Least
from vipprov.hv.vsphere.portgroup import VspherePortGroups
from vipprov.hv.vsphere.session import Session
from vipprov.pipelines import switchchange, switchgroup
from vsphere.others import Work, do, whole
from vsphere.reach import Reached, reached
from vsphere.simulator import started

pytestmark = pytest.mark.vsphere

# Of three sorts of port group, each begins in so many different ways: more than 200 in all.
BEGINNINGS = 70
# securityPolicy: inherited as a whole, or word by word.
security_policies = st.just(OwnPolicy(inherited=True)) | st.builds(
    OwnPolicy, promiscuous=words, mac_changes=words, forged_transmits=words
)
works = st.builds(
    Work,
    vlan=st.integers(0, 4094),
    description=st.sampled_from(["-", "theirs", "größer & <ours>"]),
    ports=st.sampled_from([8, 16, 64]),
    overridable=st.booleans(),
    resets=st.booleans(),
    note=st.sampled_from(["", "owner: net"]),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Story:
    """What is there at first, and what others do before our change, amid it and after it."""

    own: OwnPolicy
    first: Work
    amid: Work
    after: Work
    mac_changes: bool


def stories(policies: st.SearchStrategy[OwnPolicy]) -> st.SearchStrategy[Story]:
    return st.builds(
        Story, own=policies, first=works, amid=works, after=works, mac_changes=st.booleans()
    )


class Busy(VspherePortGroups):
    """Port groups on which somebody else does something right before we write, the first time."""

    def __init__(self, session: Session, act: Callable[[], None]) -> None:
        super().__init__(session)
        self.acts = [act]

    def write(self, group: SwitchGroup, own: OwnPolicy) -> None:
        self.act()
        super().write(group, own)

    def act(self) -> None:
        """Let the other do it, if it is not done yet."""
        while self.acts:
            self.acts.pop()()


@pytest.fixture(scope="module")
def found(runs: Path) -> Iterator[Reached]:
    """Yield a vCenter of its own, whose tasks take no time."""
    for simulator in started("vcenter", runs / "quick", "-task-delay", "1ms"):
        with reached(simulator, seconds=580) as open_:
            yield open_


def told(found: Reached, group: SwitchGroup, story: Story) -> None:
    """Set the stage, open the port group among others, give it back, and compare."""
    groups = found.groups

    def now() -> SwitchGroup:
        return groups.read(group)

    found.set(now(), story.own)
    do(found, group, story.first)
    do(found, group, story.amid)
    do(found, group, story.after)
    wanted = whole(found)  # what there would be if we had never come
    do(found, group, story.first)
    busy = Busy(found.session, lambda: do(found, group, story.amid))
    aim = Least(mac_changes=story.mac_changes)
    (change,) = switchgroup.to_permit(named(now()), aim)
    opened = switchchange.permit(busy, change, aim, reason="for a test")
    busy.act()  # nothing was written, if the port group was open already
    assert opened.own == change.wanted
    assert (opened.record is not None) == change.is_needed
    do(found, group, story.after)
    for given_back in switchgroup.to_restore(named(now())):
        switchchange.restore(groups, given_back)
    assert (now().own, now().record) == (story.own, None)
    assert whole(found) == wanted


def named(group: SwitchGroup) -> switchgroup.Named:
    return switchgroup.named([group], group.key)


def tell(found: Reached, group: SwitchGroup, policies: st.SearchStrategy[OwnPolicy]) -> int:
    """Tell stories of this port group, no two with the same beginning; return how many."""
    beginnings: set[tuple[OwnPolicy, Work, bool]] = set()

    @settings(max_examples=10 * BEGINNINGS, deadline=None, derandomize=True, database=None)
    @given(story=stories(policies))
    def every(story: Story) -> None:
        beginning = (story.own, story.first, story.mac_changes)
        if len(beginnings) < BEGINNINGS and beginning not in beginnings:
            beginnings.add(beginning)
            told(found, group, story)

    every()
    return len(beginnings)


def test_distributed_port_group_that_learns(found: Reached) -> None:
    assert tell(found, found.group("forged-only"), managed_policies) == BEGINNINGS


def test_distributed_port_group_of_an_old_switch(found: Reached) -> None:
    assert tell(found, found.group("old-closed"), security_policies) == BEGINNINGS


def test_standard_port_group(found: Reached) -> None:
    assert tell(found, found.group("VM Network", "DC0_C0_H2"), standard_policies) == BEGINNINGS


@pytest.mark.parametrize("name", ["forged-only", "old-closed", "VM Network"])
def test_policy_that_somebody_else_sets_meanwhile_is_theirs_and_stays(
    found: Reached, name: str
) -> None:
    group = found.group(name, "DC0_C0_H1") if name == "VM Network" else found.group(name)
    before = group.own
    theirs = OwnPolicy(
        promiscuous=REJECT,
        mac_changes=ACCEPT,
        forged_transmits=REJECT,
        learning=Learning(inherited=True) if group.can_learn else None,
    )
    found.set(group, replace(theirs, mac_changes=REJECT))  # whatever the stories before left
    (change,) = switchgroup.to_permit(named(found.groups.read(group)), Least())
    switchchange.permit(found.groups, change, Least(), reason="for a test")
    found.set(found.groups.read(group), theirs)
    there = whole(found)
    with pytest.raises(CheckFailedError, match="somebody else"):
        switchgroup.to_restore(named(found.groups.read(group)))
    assert whole(found) == there
    found.set(found.groups.read(group), before)
    found.groups.remember(group, None)
