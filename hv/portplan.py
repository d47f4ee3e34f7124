"""Decide what a port must become for a virtual MAC. Pure.

How the three words of the vSwitch model come out on a Linux bridge:

* promiscuous: frames to a MAC that is not the NIC's own reach the port. That is so when the port
  learns MACs (the place of the vMAC is then known) or is flooded with unknown ones. A virtual MAC
  that moves needs a port that learns: flooding serves unknown MACs only, and to the bridge one that
  has moved to a port without learning is still known, at its old place.
* forged transmits: the filter lets frames with another source MAC out, ARP included.
* MAC changes: the guest may give its NIC another MAC. The bridge sees no difference between this
  and a forged transmit, so the same filter decides both.

A macvtap (other than in passthrough mode) delivers frames to its own MAC only.
"""

from dataclasses import replace
from typing import assert_never

from vipprov.guest.check import Verdict
from vipprov.guest.errors import SpecError
from vipprov.guest.pair import CustomPolicy, Setting
from vipprov.guest.vrrp import Family
from vipprov.hv.portgroup import Filter, Filtering, PortSettings, PortState, Protocol


def settings(state: PortState, filtering: Filtering, *, can_carry: Verdict) -> PortSettings:
    """Return the three words as they come out for any MAC that is not the NIC's own."""
    if can_carry is Verdict.FAIL:
        trusted = Setting.ACCEPT if state.trust_guest_rx_filters else Setting.REJECT
        return PortSettings(
            promiscuous=Setting.REJECT, mac_changes=trusted, forged_transmits=filtering.forged
        )
    return PortSettings(
        promiscuous=_promiscuous(state),
        mac_changes=filtering.forged,
        forged_transmits=filtering.forged,
    )


def obstacles(
    state: PortState,
    filtering: Filtering,
    macs: frozenset[str] = frozenset(),
    *,
    pinned_macs: frozenset[str] = frozenset(),
) -> tuple[str, ...]:
    """Say what keeps these virtual MACs (none named: any that the filter names) from working."""
    found = _filter_obstacles(state, filtering, macs)
    if must_learn(state, macs or filtering.passes, pinned_macs):
        found.append(
            "The bridge port neither learns MACs nor is flooded with unknown ones."
            if _is_deaf(state)
            else "The bridge port does not learn MACs: a virtual MAC that moves to it is still sent"
            " to its old place."
        )
    if state.isolated:
        found.append("The bridge port is isolated: other isolated guests never hear its adverts.")
    return tuple(found)


def is_blocked(state: PortState, filtering: Filtering, macs: frozenset[str]) -> bool:
    """Say whether the filter keeps any of these MACs from working."""
    return bool(_filter_obstacles(state, filtering, macs))


def must_learn(state: PortState, macs: frozenset[str], pinned_macs: frozenset[str]) -> bool:
    """Say whether these virtual MACs need the port to learn, and it does not.

    What the bridge was told by hand it need not learn; where no MAC is named, whatever that was.
    """
    is_told = bool(pinned_macs) and macs <= pinned_macs
    return state.learning is False and not is_told


def least(
    state: PortState,
    filtering: Filtering,
    macs: frozenset[str],
    *,
    generated: Filter,
    pinned_macs: frozenset[str] = frozenset(),
) -> PortState:
    """Return the port changed as little as these MACs need."""
    blocked = is_blocked(state, filtering, macs)
    opened = replace(
        state,
        filter=generated if blocked else state.filter,
        isolated=None if state.isolated is None else False,
    )
    needed = must_learn(state, macs, pinned_macs)
    return replace(opened, learning=True, pinned=None) if needed else opened


def by_policy(
    state: PortState, filtering: Filtering, policy: CustomPolicy, *, generated: Filter
) -> PortState:
    """Return the port changed so that the settings of the policy come out on it."""
    wanted = transmits(policy)
    kept = wanted is None or wanted is filtering.forged
    changed = replace(state, filter=state.filter if kept else generated)
    match policy.promiscuous:
        case None:
            return changed
        case Setting.ACCEPT:
            isolated = None if state.isolated is None else False
            return replace(changed, learning=True, flood=True, isolated=isolated, pinned=None)
        case Setting.REJECT:
            # A port that neither learns nor is flooded would not even hear its own MAC.
            return replace(changed, learning=False, flood=False, pinned=True)
        case _:
            assert_never(policy.promiscuous)


def transmits(policy: CustomPolicy) -> Setting | None:
    """Return the one setting that a bridge has for MAC changes and forged transmits."""
    named = {policy.mac_changes, policy.forged_transmits} - {None}
    if len(named) > 1:
        raise SpecError(
            "MAC changes and forged transmits differ, but on a Linux bridge one filter is both.",
            hint="Give both the same value, or name one of them only.",
        )
    return next(iter(named), None)


def _is_deaf(state: PortState) -> bool:
    return state.learning is False and state.flood is False


def _promiscuous(state: PortState) -> Setting | None:
    if state.learning or state.flood:
        return Setting.ACCEPT
    return Setting.REJECT if _is_deaf(state) else None


def _filter_obstacles(state: PortState, filtering: Filtering, macs: frozenset[str]) -> list[str]:
    name = "" if state.filter is None else state.filter.name
    found: list[str] = []
    if not filtering.passes or not macs <= filtering.passes:
        match filtering.forged:
            case Setting.ACCEPT:
                pass
            case Setting.REJECT:
                found.append(f"The filter {name} drops frames of MACs that are not the NIC's own.")
            case None:
                found.append(f"Whether the filter {name} lets a virtual MAC out is unknown.")
            case _:
                assert_never(filtering.forged)
    if dropped := [p.value for p in Protocol if p in filtering.drops & _protocols(macs)]:
        found.append(f"The filter {name} drops {', '.join(dropped)} from a virtual IP.")
    return found


def _protocols(macs: frozenset[str]) -> frozenset[Protocol]:
    """Return the protocols that virtual IPs behind these MACs need; all where none is named."""
    if not macs:
        return frozenset(Protocol)
    over_ipv6 = {mac.startswith(Family.IPV6.mac_prefix) for mac in macs}
    needed: set[Protocol] = set()
    if True in over_ipv6:
        needed |= {Protocol.IPV6}
    if False in over_ipv6:
        needed |= {Protocol.ARP, Protocol.IPV4}
    return frozenset(needed)
