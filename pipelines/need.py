"""What the policy of a pair asks of its port groups, where a policy belongs to those."""

from typing import assert_never

from vipprov.guest.errors import MissingError, SpecError
from vipprov.guest.pair import CustomPolicy, Pair, PolicyMode
from vipprov.hv import switchplan, switchrecord
from vipprov.hv.switchgroup import SwitchGroup, SwitchGroups
from vipprov.hv.switchplan import Aim, Least
from vipprov.pipelines import switchgroup
from vipprov.pipelines.switchgroup import Change, Named

FOR_A_PAIR = "pair "
"""How the reason begins with which a port group is opened for a pair."""


def aim(pair: Pair) -> Aim | None:
    """Return what the pair's port groups are to become, or None where they are left alone."""
    match pair.policy:
        case PolicyMode.LEAST:
            return Least() if pair.vip.vmac else None
        case PolicyMode.ARTICLE:
            return switchplan.ARTICLE
        case PolicyMode.UNCHANGED:
            return None
        case CustomPolicy() as policy:
            return policy
        case _:
            assert_never(pair.policy)


def needed(pair: Pair, switches: SwitchGroups | None) -> tuple[Change, ...]:
    """Return what brings the pair's port groups to what its policy asks for."""
    wanted = aim(pair)
    if switches is None or wanted is None:
        return ()
    return changes(pair, wanted, switches.all())


def changes(pair: Pair, wanted: Aim, every: tuple[SwitchGroup, ...]) -> tuple[Change, ...]:
    """Return how these port groups differ from the aim; SpecError where others would suffer."""
    permitted = (
        change
        for name in dict.fromkeys(guest.port_group for guest in pair.guests)
        for change in switchgroup.to_permit(_named(every, name), wanted)
    )
    found = tuple(change for change in permitted if change.is_needed)
    for change in found:
        _refuse_others(pair, change)
    return found


def _refuse_others(pair: Pair, change: Change) -> None:
    """Raise SpecError for a policy that takes something from those whom the port group serves."""
    group, record = change.group, change.group.record
    others = [name for name in group.pairs if name != pair.name]
    if others and switchplan.closes(group, change.wanted):
        raise SpecError(
            f"{group.title} serves {', '.join(others)} as well, and `policy:` would close it.",
            details=f"{switchrecord.told(group.own)} → {switchrecord.told(change.wanted)}",
            hint="Write `policy: least`, or give the pair a port group of its own.",
        )
    is_theirs = record is not None and not record.reason.startswith(FOR_A_PAIR)
    if record is not None and is_theirs and group.own == record.opened:
        raise SpecError(
            f"{group.title} was opened by `portgroup permit`, and otherwise than `policy:` says.",
            details=f"{switchrecord.told(group.own)} → {switchrecord.told(change.wanted)}",
            hint=f"`vipprov portgroup restore {group.name}` gives it back first.",
        )


def _named(every: tuple[SwitchGroup, ...], name: str) -> Named:
    """Return the port groups of this name: of a standard one those of all hosts."""
    groups = tuple(group for group in every if group.name == name)
    if not groups:
        raise MissingError(
            f"There is no port group {name!r}.",
            hint="`vipprov portgroup list URL` shows those there are.",
        )
    return Named(name=name, groups=groups)
