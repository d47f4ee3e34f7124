"""The port-group commands on vSphere, where a policy belongs to the whole port group."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from vipprov.pipelines.cli.output import emit, note

if TYPE_CHECKING:
    from vipprov.hv.switchgroup import SwitchGroups
    from vipprov.pipelines.switchgroup import Change

SECONDS = 600.0


def list_all(uri: str, *, as_json: bool) -> None:
    """List all port groups."""
    from vipprov.pipelines import switchwords

    with opened(uri) as groups:
        found = groups.all()
    emit(switchwords.list_document(found), as_json=as_json, text=switchwords.list_text(found))


def show(uri: str, name: str, *, record: Path | None, as_json: bool) -> None:
    """Show the port groups of a name, or those of a machine."""
    from vipprov.pipelines import switchgroup, switchwords

    with opened(uri, record) as groups:
        found = switchgroup.named(groups.all(), name).groups
    emit(switchwords.list_document(found), as_json=as_json, text=switchwords.show_text(found))


def permit(  # noqa: PLR0913  typer's options, passed on
    uri: str,
    name: str,
    *,
    host: str | None,
    mac_changes: bool,
    dry_run: bool,
    record: Path | None,
    as_json: bool,
) -> None:
    """Open port groups as little as a virtual MAC needs."""
    from vipprov.hv.switchplan import Least
    from vipprov.pipelines import switchchange, switchchangewords, switchgroup

    aim = Least(mac_changes=mac_changes)
    with opened(uri, record) as groups:
        meant = switchgroup.named(groups.all(), name, host=host)
        changes = switchgroup.to_permit(meant, aim)
        reason = f"for {name}" if meant.machine else "by name"
        echo_warning(groups, changes)
        if not dry_run:
            switchchange.permit_all(groups, changes, aim, reason=reason)
    text = switchchangewords.changes_text(changes)
    emit(switchchangewords.changes_document(changes), as_json=as_json, text=text)


def restore(uri: str, name: str, *, host: str | None, record: Path | None, as_json: bool) -> None:
    """Give port groups back as they were before `permit`; remove those that were made for it."""
    from vipprov.pipelines import (
        dedicate,
        dedicatewords,
        switchchange,
        switchchangewords,
        switchdedicate,
        switchgroup,
    )

    with opened(uri, record) as groups:
        found = groups.all()
        meant = switchgroup.named(found, name, host=host)
        changes = switchgroup.to_restore(meant)
        clones = dedicate.to_remove(found, meant)
        returned = switchdedicate.restore(groups, clones, machine=meant.machine)
        for change in changes:
            switchchange.restore(groups, change)
    texts = (switchchangewords.changes_text(changes), dedicatewords.returned_text(returned))
    unchanged = f"{name}: no port group was opened by vipprov; nothing was changed."
    document = [
        *switchchangewords.changes_document(changes),
        *dedicatewords.returned_document(returned),
    ]
    emit(document, as_json=as_json, text="\n".join(filter(None, texts)) or unchanged)


def echo_warning(groups: "SwitchGroups", changes: "tuple[Change, ...]") -> None:
    """Name the hosts on which a machine that becomes promiscuous may hear itself."""
    from vipprov.pipelines import switchgroup

    if hosts := switchgroup.echoing_hosts(changes, groups.host_checks()):
        note(f"With teamed uplinks set Net.ReversePathFwdCheckPromisc=1 on: {', '.join(hosts)}.")


@contextmanager
def opened(uri: str, record: Path | None = None) -> Iterator["SwitchGroups"]:
    """Open the port groups behind this address; with a file, what they were is kept there."""
    from vipprov.guest.deadline import Deadline, SystemClock
    from vipprov.hv import registry
    from vipprov.hv.switchfile import RecordsInFile

    by = Deadline.after(SECONDS, clock=SystemClock())
    with registry.switch_groups(uri, by=by) as groups:
        if sys.stderr.isatty():  # of thousands of port groups it takes a while
            note("Reading the port groups …")
        yield groups if record is None else RecordsInFile(groups, record)
