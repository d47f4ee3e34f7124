"""Decide what a port group must become for a virtual MAC, or to be closed. Pure.

A virtual MAC needs two things: frames with a source MAC that is not the NIC's own must get out
(forged transmits), and frames to that MAC must get in (MAC learning, or promiscuous mode). A
macvlan never changes the MAC of its NIC, so MAC changes are opened on request only.
"""

from dataclasses import dataclass, replace
from typing import Final, TypeAlias, assert_never

from vipprov.guest.errors import SpecError
from vipprov.guest.pair import CustomPolicy, Setting
from vipprov.hv.switchgroup import (
    Effective,
    GroupKind,
    Learning,
    LimitPolicy,
    OwnPolicy,
    SwitchGroup,
)

# What a switch gives a port that learns, unless told otherwise: the most that vSphere allows.
LIMIT: Final = 4096
# The three settings as the article sets them.
ARTICLE: Final = CustomPolicy(
    promiscuous=Setting.ACCEPT, mac_changes=Setting.ACCEPT, forged_transmits=Setting.ACCEPT
)
_REFUSALS: Final = {
    GroupKind.UPLINK: "it holds the uplinks of its switch, and no machine's NIC",
    GroupKind.NSX: "NSX makes it and keeps its policy: use a segment profile of NSX",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Least:
    """As little as a virtual MAC needs."""

    mac_changes: bool = False


Aim: TypeAlias = Least | CustomPolicy
"""What a port group is to become: what is just enough, or these settings."""


def opened(group: SwitchGroup, aim: Aim) -> OwnPolicy:
    """Return what the policy becomes."""
    match aim:
        case Least(mac_changes=mac_changes):
            return least(group, mac_changes=mac_changes)
        case CustomPolicy():
            return by_policy(group, aim)
        case _:
            assert_never(aim)


def least(group: SwitchGroup, *, mac_changes: bool) -> OwnPolicy:
    """Return the policy changed as little as a virtual MAC needs."""
    require_ours(group)
    effective, own = group.effective, _spoken(group)
    wanted = replace(own, forged_transmits=Setting.ACCEPT)
    if mac_changes:
        wanted = replace(wanted, mac_changes=Setting.ACCEPT)
    if effective.promiscuous is not Setting.ACCEPT and not effective.learning:
        if group.can_learn:
            wanted = replace(wanted, learning=_learning(own.learning))
        else:
            wanted = replace(wanted, promiscuous=Setting.ACCEPT)
    return group.own if _is_open(effective, mac_changes=mac_changes) else wanted


def by_policy(group: SwitchGroup, policy: CustomPolicy) -> OwnPolicy:
    """Return the policy with the named settings in effect; what is not named stays as it is."""
    require_ours(group)
    effective, own = group.effective, _spoken(group)
    wanted = replace(
        own,
        promiscuous=_said(policy.promiscuous, effective.promiscuous, own.promiscuous),
        mac_changes=_said(policy.mac_changes, effective.mac_changes, own.mac_changes),
        forged_transmits=_said(
            policy.forged_transmits, effective.forged_transmits, own.forged_transmits
        ),
    )
    return group.own if wanted == own else wanted


def closes(group: SwitchGroup, wanted: OwnPolicy) -> bool:
    """Say whether anything that is open in the port group is rejected by this policy."""
    effective = group.effective
    pairs = (
        (effective.promiscuous, wanted.promiscuous),
        (effective.mac_changes, wanted.mac_changes),
        (effective.forged_transmits, wanted.forged_transmits),
    )
    return (Setting.ACCEPT, Setting.REJECT) in pairs


def closed(group: SwitchGroup) -> OwnPolicy:
    """Return the policy with all that is open closed; what is closed already is left as it is."""
    require_ours(group)
    if not is_open(group):
        return group.own
    own, effective = _spoken(group), group.effective
    learning = own.learning
    if effective.learning and learning is not None:
        learning = replace(learning, inherited=False, enabled=False)
    return OwnPolicy(
        promiscuous=_shut(own.promiscuous, effective.promiscuous),
        mac_changes=_shut(own.mac_changes, effective.mac_changes),
        forged_transmits=_shut(own.forged_transmits, effective.forged_transmits),
        learning=learning,
    )


def is_open(group: SwitchGroup) -> bool:
    """Say whether anything of the port group is open."""
    effective = group.effective
    words = (effective.promiscuous, effective.mac_changes, effective.forged_transmits)
    return Setting.ACCEPT in words or effective.learning is True


def require_ours(group: SwitchGroup) -> None:
    """Raise SpecError with the reason if this is no port group whose policy may be set."""
    if (why := _REFUSALS.get(group.kind)) is not None:
        raise SpecError(f"{group.title}: its policy cannot be set from here: {why}.")


def _is_open(effective: Effective, *, mac_changes: bool) -> bool:
    hears = effective.promiscuous is Setting.ACCEPT or bool(effective.learning)
    changes = not mac_changes or effective.mac_changes is Setting.ACCEPT
    return hears and changes and effective.forged_transmits is Setting.ACCEPT


def _spoken(group: SwitchGroup) -> OwnPolicy:
    """Return the policy as it must be said once it is no longer inherited as a whole."""
    own, effective = group.own, group.effective
    if not own.inherited or not group.can_learn:
        return replace(own, inherited=False)
    return replace(
        own,
        inherited=False,
        promiscuous=effective.promiscuous,
        mac_changes=effective.mac_changes,
        forged_transmits=effective.forged_transmits,
    )


def _learning(own: Learning | None) -> Learning:
    if own is None or own.inherited:
        own = Learning(inherited=False)
    return replace(
        own,
        enabled=True,
        # A learned place is forgotten after five minutes of silence; without flooding the vIP
        # would then be deaf until it speaks again.
        unicast_flooding=True if own.unicast_flooding is None else own.unicast_flooding,
        limit=LIMIT if own.limit is None else own.limit,
        limit_policy=LimitPolicy.DROP if own.limit_policy is None else own.limit_policy,
    )


def _said(wanted: Setting | None, effective: Setting | None, own: Setting | None) -> Setting | None:
    """Return what is said of one setting: nothing new, where it is in effect already."""
    return own if wanted in {None, effective} else wanted


def _shut(own: Setting | None, effective: Setting | None) -> Setting | None:
    return Setting.REJECT if effective is Setting.ACCEPT else own
