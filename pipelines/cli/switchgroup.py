"""The port-group commands on vSphere, where a policy belongs to the whole port group."""

from collections.abc import Iterator
from contextlib import contextmanager
from enum import Enum
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from vipprov.pipelines.cli import consent
from vipprov.pipelines.cli.output import emit, note

if TYPE_CHECKING:
    from vipprov.hv.switchgroup import SwitchGroups
    from vipprov.pipelines.switchgroup import Change

SECONDS = 600.0
FINDINGS = 1


class Format(Enum):
    """How an audit is printed."""

    TEXT = "text"
    JSON = "json"
    CSV = "csv"
    JUNIT = "junit"


def chosen_format(*, as_json: bool, as_csv: bool, as_junit: bool) -> Format:
    """Return the format that was asked for, or say that it can be one only."""
    from vipprov.guest.errors import SpecError

    wanted = {Format.JSON: as_json, Format.CSV: as_csv, Format.JUNIT: as_junit}
    chosen = [form for form, is_wanted in wanted.items() if is_wanted]
    if len(chosen) > 1:
        raise SpecError("An audit is printed in one format: --json, --csv or --junit.")
    return chosen[0] if chosen else Format.TEXT


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


def audit(uri: str, *, form: Format, baseline: Path | None) -> None:
    """Print what the benchmarks complain of; end with 1 if there is any such thing."""
    from vipprov.pipelines import audit as judge
    from vipprov.pipelines import auditwords as words

    before = None if baseline is None else words.baseline(_read(baseline))
    with opened(uri) as groups:
        found = groups.all()
        hosts = groups.host_checks() if judge.needs_host_checks(found) else ()
    findings = judge.findings(found, hosts)
    drift = None if before is None else judge.drift(findings, before)
    texts = {
        Format.TEXT: lambda: words.text(findings, found, drift),
        Format.CSV: lambda: words.as_csv(findings),
        Format.JUNIT: lambda: words.as_junit(findings, found),
    }
    document = words.document(findings, found, drift)
    emit(document, as_json=form is Format.JSON, text=texts.get(form, texts[Format.TEXT])())
    if findings if drift is None else drift.new:
        raise typer.Exit(FINDINGS)


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
    from vipprov.pipelines import switchchange, switchgroup, switchwords

    with opened(uri, record) as groups:
        meant = switchgroup.named(groups.all(), name, host=host)
        changes = switchgroup.to_permit(meant, mac_changes=mac_changes)
        reason = f"for {name}" if meant.machine else "by name"
        if hosts := switchgroup.echoing_hosts(changes, groups.host_checks()):
            note(
                f"With teamed uplinks set Net.ReversePathFwdCheckPromisc=1 on: {', '.join(hosts)}."
            )
        if not dry_run:
            switchchange.permit_all(groups, changes, mac_changes=mac_changes, reason=reason)
    _emit_changes(changes, as_json=as_json, text=switchwords.changes_text(changes))


def restore(uri: str, name: str, *, host: str | None, record: Path | None, as_json: bool) -> None:
    """Give port groups back as they were before `permit`."""
    from vipprov.pipelines import switchchange, switchgroup, switchwords

    with opened(uri, record) as groups:
        changes = switchgroup.to_restore(switchgroup.named(groups.all(), name, host=host))
        for change in changes:
            switchchange.restore(groups, change)
    unchanged = f"{name}: no port group was opened by vipprov; nothing was changed."
    _emit_changes(changes, as_json=as_json, text=switchwords.changes_text(changes) or unchanged)


def harden(  # noqa: PLR0913  typer's options, passed on
    uri: str,
    *,
    names: list[str],
    force: bool,
    yes: bool,
    dry_run: bool,
    record: Path | None,
    as_json: bool,
) -> None:
    """Close what is open and serves nobody."""
    from vipprov.pipelines import harden as hardening
    from vipprov.pipelines import switchchange, switchwords

    with opened(uri, record) as groups:
        plan = hardening.plan(groups.all(), named=frozenset(names), force=force)
        document, text = switchwords.hardening_document(plan), switchwords.hardening_text(plan)
        if dry_run or not plan.changes:
            emit(document, as_json=as_json, text=text)
            return
        if yes:
            for line in switchwords.cut_off_lines(plan):
                note(f"WARNING: {line}")
        else:
            note(text)
        consent.demand(f"Close {len(plan.changes)} port groups?", yes=yes)
        for change in plan.changes:
            switchchange.close(groups, change)
    emit(document, as_json=as_json, text=text)


@contextmanager
def opened(uri: str, record: Path | None = None) -> Iterator["SwitchGroups"]:
    """Open the port groups behind this address; with a file, what they were is kept there."""
    from vipprov.guest.deadline import Deadline, SystemClock
    from vipprov.hv import registry
    from vipprov.hv.switchfile import RecordsInFile

    by = Deadline.after(SECONDS, clock=SystemClock())
    with registry.switch_groups(uri, by=by) as groups:
        yield groups if record is None else RecordsInFile(groups, record)


def _emit_changes(changes: "tuple[Change, ...]", *, as_json: bool, text: str) -> None:
    from vipprov.pipelines import switchwords

    emit(switchwords.changes_document(changes), as_json=as_json, text=text)


def _read(path: Path) -> str:
    from vipprov.guest.errors import MissingError

    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise MissingError(f"The baseline cannot be read: {path}.") from error
