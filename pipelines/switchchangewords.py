"""How changes of port groups are told: what is opened or closed, what stays, and why. Pure."""

from collections.abc import Iterable, Sequence

from vipprov.hv import switchrecord
from vipprov.pipelines import switchwords
from vipprov.pipelines.harden import Hardening
from vipprov.pipelines.switchgroup import Change


def changes_text(changes: Sequence[Change]) -> str:
    """Return what would change, and who else is on the port groups."""
    return "\n".join(line for change in changes for line in _changed(change))


def changes_document(changes: Iterable[Change]) -> list[dict[str, object]]:
    """Return what would change."""
    return [
        {
            "key": change.group.key,
            "port_group": change.group.title,
            "before": switchwords.own_document(change.group.own),
            "after": switchwords.own_document(change.wanted),
            "machines": [machine.name for machine in change.group.machines],
        }
        for change in changes
    ]


def hardening_text(hardening: Hardening) -> str:
    """Return what would be closed, for whom that is the end, and why the rest stays open."""
    lines = [f"  WARNING: {line}" for line in cut_off_lines(hardening)]
    lines += [f"  stays open: {one.group.title}: {one.reason}" for one in hardening.skipped]
    if not hardening.changes:
        lines.append("Nothing is open that may be closed.")
    return "\n".join((*filter(None, (changes_text(hardening.changes),)), *lines))


def cut_off_lines(hardening: Hardening) -> list[str]:
    """Return what closing comes to for pairs that need a port group open."""
    return [
        f"{group.title} is open {switchwords.reason(group)}: its virtual address stops answering."
        for group in hardening.cut_off
    ]


def hardening_document(hardening: Hardening) -> dict[str, object]:
    """Return what would be closed, and why the rest stays open."""
    return {
        "changes": changes_document(hardening.changes),
        "cut_off": [
            {"key": group.key, "port_group": group.title, "opened": switchwords.reason(group)}
            for group in hardening.cut_off
        ],
        "skipped": [
            {"key": one.group.key, "port_group": one.group.title, "reason": one.reason}
            for one in hardening.skipped
        ],
    }


def _changed(change: Change) -> Iterable[str]:
    group = change.group
    if not change.is_needed:
        yield f"{group.title}: stays: {switchrecord.told(group.own)}"
        return
    yield f"{group.title}: {switchrecord.told(group.own)}"
    yield f"{'→':>{len(group.title) + 1}} {switchrecord.told(change.wanted)}"
    if group.machines:
        yield f"  on it: {', '.join(machine.name for machine in group.machines)}"
