"""What each action of a plan does, in a line. Pure."""

from collections.abc import Iterable
from typing import assert_never

from vipprov.hv import switchplan, switchrecord
from vipprov.pipelines.actions import (
    Action,
    Make,
    Open,
    Reconfigure,
    Refilter,
    Relearn,
    Remove,
    Replace,
    Resume,
    Separate,
    Start,
    Thaw,
)
from vipprov.pipelines.state import DesiredGuest


def describe(action: Action) -> str:  # noqa: C901, PLR0911  one line for each kind of action
    """Return one line that says what the action does."""
    match action:
        case Make(guest=guest):
            return (
                f"+ make {guest.spec.sort.value} {guest.spec.name} from {guest.spec.image_name}"
                f"{_opening(guest)}"
            )
        case Replace(guest=guest, reasons=reasons):
            return (
                f"± replace {guest.spec.sort.value} {guest.spec.name}: {', '.join(reasons)} changed"
            )
        case Resume(guest=guest, why=why):
            return f"~ go on with {guest.spec.sort.value} {guest.spec.name}: {why}"
        case Reconfigure(guest=guest, changes=changes):
            paths = ", ".join(str(change.path) for change in changes)
            return f"~ change in {guest.spec.name}: {paths}"
        case Start(guest=guest):
            return f"~ start keepalived in {guest.spec.name}"
        case Thaw(guest=guest):
            return f"~ thaw keepalived in {guest.spec.name}"
        case Refilter() | Relearn():
            return _mending(action)
        case Open() | Separate():
            return _around(action)
        case Remove(machine=machine):
            return f"- remove {machine.sort.value} {machine.name}"
        case _:
            assert_never(action)


def _opening(guest: DesiredGuest) -> str:
    """Say what the port of a new machine will let through beside its NIC's own frames."""
    if guest.filter_macs:
        return f", its port open for {', '.join(guest.filter_macs)}"
    return "" if guest.policy is None else ", its port as `policy:` says"


def _around(action: Open | Separate) -> str:
    match action:
        case Open(change=change):
            was, will = switchrecord.told(change.group.own), switchrecord.told(change.wanted)
            verb = "change" if switchplan.closes(change.group, change.wanted) else "open"
            return f"~ {verb} the port group {change.group.title}: {was} → {will}"
        case Separate(names=names):
            return f"~ keep on different hosts: {', '.join(names)}"
        case _:
            assert_never(action)


def _mending(action: Refilter | Relearn) -> str:
    match action:
        case Refilter(guest=guest, mac=mac, before=before, after=after, passes=passes):
            was, will = _let_out(before, passes), _let_out(after, guest.filter_macs)
            change = f"{will}, made anew" if was == will else f"{was} → {will}"
            return f"~ filter of {guest.spec.name} {mac}: {change}"
        case Relearn(guest=guest, mac=mac):
            return f"~ MAC learning of {guest.spec.name} {mac}: off → on"
        case _:
            assert_never(action)


def _let_out(name: str | None, macs: Iterable[str]) -> str:
    if name is None:
        return "none"
    listed = ", ".join(sorted(macs))
    return f"{name} ({listed})" if listed else name
