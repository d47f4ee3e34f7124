"""Open port groups of virtual switches, give them back, close them: read, decide, act."""

from collections.abc import Callable, Iterable
from dataclasses import replace
from functools import partial

from vipprov.guest.errors import HypervisorError
from vipprov.guest.undo import Undo
from vipprov.hv import switchplan, switchrecord
from vipprov.hv.switchgroup import ForbiddenError, Record, StaleError, SwitchGroup, SwitchGroups
from vipprov.hv.switchplan import Aim
from vipprov.pipelines.switchgroup import Change

TRIES = 5


def permit_all(groups: SwitchGroups, changes: Iterable[Change], aim: Aim, *, reason: str) -> None:
    """Open these port groups, or none of them: a failure takes back what was opened before it."""
    with Undo() as undo:
        for change in changes:
            undo.later(f"opening {change.group.title}", partial(take_back, groups, change))
            permit(groups, change, aim, reason=reason)


def permit(groups: SwitchGroups, change: Change, aim: Aim, *, reason: str) -> SwitchGroup:
    """Open one port group, and remember what it was before it is touched."""

    def attempt(now: SwitchGroup) -> None:
        wanted = switchplan.opened(now, aim)
        if now.record is not None:
            switchrecord.require_unchanged(now, now.record)
        if now.own == wanted:
            return
        groups.remember(now, switchrecord.begun(now, wanted, reason=reason))
        groups.write(now, wanted)

    _retried(groups, change.group, attempt)
    return groups.read(change.group)


def restore(groups: SwitchGroups, change: Change) -> SwitchGroup:
    """Give one port group back as it was, then forget what it was.

    What was on record when the change was planned counts, if nothing is any more: on a host alone
    it goes with the machines of the last pair.
    """

    def attempt(now: SwitchGroup) -> None:
        if (record := now.record or change.group.record) is None:
            return
        switchrecord.require_unchanged(now, record)
        if now.own != record.before:
            groups.write(now, record.before)
        groups.remember(now, None)

    _retried(groups, change.group, attempt)
    return groups.read(change.group)


def reopen(groups: SwitchGroups, group: SwitchGroup, record: Record) -> None:
    """Open a port group again that was given back a moment too early.

    Whoever needs it may have done so already; what it was before is then what is still to be kept.
    """

    def attempt(now: SwitchGroup) -> None:
        if now.record is None:
            is_closed = now.own == record.before
            groups.remember(now, record if is_closed else replace(record, opened=now.own))
        if now.own == record.before:
            groups.write(now, record.opened)

    _retried(groups, group, attempt)


def close(groups: SwitchGroups, change: Change) -> None:
    """Close one port group; what it was is not remembered, for nobody needs it.

    One that was opened by us and is closed by force keeps its record, so that `restore` still gives
    back what was there before. One that was opened after the plan was made stays open.
    """

    def attempt(now: SwitchGroup) -> None:
        wanted = switchplan.closed(now)
        if now.own == wanted or (now.record is not None and change.group.record is None):
            return
        if now.record is not None:
            groups.remember(now, replace(now.record, opened=wanted))
        groups.write(now, wanted)

    _retried(groups, change.group, attempt)


def take_back(groups: SwitchGroups, change: Change) -> None:
    """Bring a port group to what it was when the run began, and its record too."""
    before, now = change.group, groups.read(change.group)
    if (now.own, now.record) == (before.own, before.record):
        return
    if now.own == before.own and now.version is None:
        raise HypervisorError(
            "the record stays: the host may yet do what it was asked for.",
            details=f"`vipprov portgroup restore` of {before.name} takes both back.",
        )
    # Written even where it is the same: a call that is still on its way is then out of date.
    try:
        groups.write(now, before.own)
    except ForbiddenError:
        if now.own != before.own:
            raise
        # Who may not write now had no call under way either.
    groups.remember(now, before.record)


def _retried(
    groups: SwitchGroups, group: SwitchGroup, attempt: Callable[[SwitchGroup], None]
) -> None:
    """Read, decide and act; when somebody was quicker, all of it again, but not for ever."""
    for _ in range(TRIES - 1):
        try:
            attempt(groups.read(group))
        except StaleError:
            continue
        return
    attempt(groups.read(group))
