"""What a port must become for a virtual MAC is decided purely."""

from dataclasses import replace

import pytest

from vipprov.guest.check import Verdict
from vipprov.guest.errors import SpecError
from vipprov.guest.pair import CustomPolicy, Setting
from vipprov.hv import portplan
from vipprov.hv.portgroup import Filter, Filtering, PortState, Protocol

VMAC, VMAC6 = "00:00:5e:00:01:32", "00:00:5e:00:02:32"
MACS = frozenset({VMAC})
ACCEPT, REJECT = Setting.ACCEPT, Setting.REJECT
GENERATED = Filter(name="vipprov-x")
OPEN = PortState(learning=True, flood=True, isolated=False)
DEAF = PortState(learning=False, flood=False, isolated=False, pinned=True)
CLOSED = Filtering(forged=REJECT)


def least(state: PortState, filtering: Filtering, macs: frozenset[str] = MACS) -> PortState:
    return portplan.least(state, filtering, macs, generated=GENERATED)


def by_policy(state: PortState, filtering: Filtering, **settings: Setting) -> PortState:
    policy = CustomPolicy(**settings)
    return portplan.by_policy(state, filtering, policy, generated=GENERATED)


def test_open_port_is_left_as_it_is() -> None:
    assert least(OPEN, Filtering()) == OPEN


def test_filter_that_names_the_mac_is_left_as_it_is() -> None:
    filtered = replace(OPEN, filter=Filter(name="theirs"))
    assert least(filtered, Filtering(forged=REJECT, passes=MACS)) == filtered


@pytest.mark.parametrize(
    "filtering",
    [
        CLOSED,
        Filtering(forged=None),
        Filtering(forged=REJECT, passes=frozenset({VMAC6})),
        Filtering(forged=ACCEPT, drops=frozenset({Protocol.ARP})),
    ],
)
def test_filter_that_blocks_or_may_block_is_replaced(filtering: Filtering) -> None:
    filtered = replace(OPEN, filter=Filter(name="theirs"))
    assert least(filtered, filtering) == replace(OPEN, filter=GENERATED)


def test_filter_that_drops_only_ipv6_does_not_hinder_an_ipv4_virtual_mac() -> None:
    filtered = replace(OPEN, filter=Filter(name="theirs"))
    only_ipv4 = Filtering(forged=ACCEPT, drops=frozenset({Protocol.IPV6}))
    assert least(filtered, only_ipv4) == filtered
    assert least(filtered, only_ipv4, frozenset({VMAC6})).filter == GENERATED


def test_deaf_port_learns_and_is_still_not_flooded() -> None:
    assert least(DEAF, Filtering()) == replace(DEAF, learning=True, pinned=None)


def test_port_that_learns_hears_enough_without_flooding() -> None:
    state = replace(OPEN, flood=False)
    assert least(state, Filtering()) == state
    assert portplan.obstacles(state, Filtering()) == ()


def test_flooding_alone_is_not_enough_for_a_mac_that_moves() -> None:
    state = replace(OPEN, learning=False)
    (obstacle,) = portplan.obstacles(state, Filtering(), MACS)
    assert "does not learn" in obstacle
    assert least(state, Filtering()) == OPEN


def test_virtual_mac_that_the_bridge_was_told_need_not_be_learnt() -> None:
    state = replace(OPEN, learning=False)
    for macs, told in ((MACS, MACS), (MACS, MACS | {VMAC6}), (frozenset[str](), MACS)):
        assert portplan.obstacles(state, Filtering(), macs, pinned_macs=told) == ()
    kept = portplan.least(state, Filtering(), MACS, generated=GENERATED, pinned_macs=MACS)
    assert kept == state


def test_one_virtual_mac_of_two_that_the_bridge_was_told_is_not_enough() -> None:
    state, both = replace(OPEN, learning=False), MACS | {VMAC6}
    for named, passes in ((both, frozenset[str]()), (frozenset[str](), both)):
        filtering = Filtering(forged=ACCEPT, passes=passes)
        assert portplan.obstacles(state, filtering, named, pinned_macs=MACS) != ()


def test_learning_that_nobody_knows_of_is_no_obstacle() -> None:
    assert portplan.obstacles(PortState(), Filtering(), MACS) == ()


def test_isolation_is_lifted() -> None:
    assert least(replace(OPEN, isolated=True), Filtering()) == OPEN


def test_what_is_least_leaves_no_obstacle() -> None:
    state = replace(DEAF, filter=Filter(name="theirs"), isolated=True)
    assert portplan.obstacles(state, CLOSED, MACS) != ()
    opened = least(state, CLOSED)
    assert portplan.obstacles(opened, Filtering(forged=REJECT, passes=MACS), MACS) == ()


def test_accepting_everything_replaces_the_filter_and_opens_the_flags() -> None:
    state = replace(DEAF, filter=Filter(name="theirs"), isolated=True)
    opened = by_policy(state, CLOSED, promiscuous=ACCEPT, forged_transmits=ACCEPT)
    assert opened == replace(OPEN, filter=GENERATED)


def test_rejecting_promiscuous_pins_the_nics_own_mac() -> None:
    assert by_policy(OPEN, Filtering(), promiscuous=REJECT) == DEAF


def test_policy_that_names_nothing_changes_nothing() -> None:
    assert by_policy(OPEN, CLOSED) == OPEN


def test_mac_changes_and_forged_transmits_cannot_differ_on_a_bridge() -> None:
    with pytest.raises(SpecError, match="one filter is both"):
        by_policy(OPEN, Filtering(), mac_changes=REJECT, forged_transmits=ACCEPT)


def test_port_that_can_never_carry_a_vmac_rejects_promiscuous_whatever_its_flags() -> None:
    found = portplan.settings(OPEN, Filtering(), can_carry=Verdict.FAIL)
    assert (found.promiscuous, found.mac_changes, found.forged_transmits) == (
        REJECT,
        REJECT,
        ACCEPT,
    )


def test_flags_that_nobody_knows_leave_promiscuous_unknown() -> None:
    found = portplan.settings(PortState(), Filtering(), can_carry=Verdict.PASS)
    assert found.promiscuous is None
