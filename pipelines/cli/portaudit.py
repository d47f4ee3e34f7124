"""`vipprov portgroup audit` and `harden`: judge port groups of vSphere, close those of nobody."""

from collections.abc import Callable, Iterable
from enum import Enum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from vipprov.pipelines.cli import consent
from vipprov.pipelines.cli.output import emit, note
from vipprov.pipelines.cli.portoptions import DryRun, Json, RecordFile, Url
from vipprov.pipelines.cli.switchgroup import opened

if TYPE_CHECKING:
    from vipprov.guest.policyexception import PolicyException
    from vipprov.hv.switchgroup import SwitchGroup
    from vipprov.pipelines.auditexceptions import Standing

FINDINGS = 1

Exceptions = Annotated[
    Path | None,
    typer.Option(help="YAML: port groups that may stay open, who answers for it, until when."),
]


class Format(Enum):
    """How an audit is printed."""

    TEXT = "text"
    JSON = "json"
    CSV = "csv"
    JUNIT = "junit"


def audit(
    url: Url,
    *,
    exceptions: Exceptions = None,
    baseline: Annotated[
        Path | None, typer.Option(help="An earlier audit in JSON: only what is new since counts.")
    ] = None,
    as_json: Json = False,
    as_csv: Annotated[bool, typer.Option("--csv", help="Print CSV.")] = False,
    as_junit: Annotated[bool, typer.Option("--junit", help="Print JUnit.")] = False,
) -> None:
    """Judge the port groups of a vCenter or ESXi host by STIG, VCF and CIS; 1 on findings.

    Example: vipprov portgroup audit vsphere://user@vcenter.example/DC1 --exceptions exceptions.yaml
    """
    from vipprov.pipelines import audit as judge
    from vipprov.pipelines import auditexceptions, auditreports
    from vipprov.pipelines import auditwords as words

    form = _chosen_format(as_json=as_json, as_csv=as_csv, as_junit=as_junit)
    before = None if baseline is None else words.baseline(_read(baseline))
    standing_of = _standings(exceptions)
    with opened(url) as groups:
        found = groups.all()
        hosts = groups.host_checks() if judge.needs_host_checks(found) else ()
    findings = auditexceptions.with_exceptions(judge.findings(found, hosts), standing_of(found))
    drift = None if before is None else judge.drift(findings, before)
    texts = {
        Format.TEXT: lambda: words.text(findings, found, drift),
        Format.CSV: lambda: auditreports.as_csv(findings),
        Format.JUNIT: lambda: auditreports.as_junit(findings, found),
    }
    if form is Format.JSON:
        emit(words.document(findings, found, drift), as_json=True, text="")
    else:
        emit(None, as_json=False, text=texts[form]())
    if judge.counting(findings) if drift is None else drift.new:
        raise typer.Exit(FINDINGS)


def harden(  # noqa: PLR0913  typer: each option is an argument
    url: Url,
    names: Annotated[
        list[str] | None,
        typer.Argument(help="Close these even with machines on them.", metavar="[PORT_GROUP]..."),
    ] = None,
    *,
    exceptions: Exceptions = None,
    force: Annotated[
        bool, typer.Option("--force", help="Close those named even if a pair needs them open.")
    ] = False,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
    dry_run: DryRun = False,
    record: RecordFile = None,
    as_json: Json = False,
) -> None:
    """Close the port groups that are open and serve nobody; say why the others stay open.

    Example: vipprov portgroup harden vsphere://user@vcenter.example/DC1 --dry-run
    """
    from vipprov.pipelines import auditexceptions, switchchange, switchchangewords
    from vipprov.pipelines import harden as hardening

    standing_of = _standings(exceptions)
    with opened(url, record) as groups:
        found = groups.all()
        plan = hardening.plan(
            found,
            named=frozenset(names or ()),
            force=force,
            excepted=auditexceptions.holding(standing_of(found)),
        )
        document, text = (
            switchchangewords.hardening_document(plan),
            switchchangewords.hardening_text(plan),
        )
        if not dry_run and plan.changes:
            if yes:
                for line in switchchangewords.cut_off_lines(plan):
                    note(f"WARNING: {line}")
            else:
                note(text)
            consent.demand(f"Close {len(plan.changes)} port groups?", yes=yes)
            for change in plan.changes:
                switchchange.close(groups, change)
    emit(document, as_json=as_json, text=text)


def _chosen_format(*, as_json: bool, as_csv: bool, as_junit: bool) -> Format:
    """Return the format that was asked for, or say that it can be one only."""
    from vipprov.guest.errors import SpecError

    wanted = {Format.JSON: as_json, Format.CSV: as_csv, Format.JUNIT: as_junit}
    chosen = [form for form, is_wanted in wanted.items() if is_wanted]
    if len(chosen) > 1:
        raise SpecError("An audit is printed in one format: --json, --csv or --junit.")
    return chosen[0] if chosen else Format.TEXT


def _standings(
    exceptions: Path | None,
) -> Callable[["Iterable[SwitchGroup]"], "tuple[Standing, ...]"]:
    """Read the exceptions before anything else is done; return how they stand with port groups."""
    from datetime import UTC, datetime

    from vipprov.pipelines import auditexceptions, auditrules

    known: tuple[PolicyException, ...] = ()
    if exceptions is not None:
        from vipprov.guest import exceptionfile  # yaml: 0.05 s

        known = exceptionfile.load(exceptions, checks=auditrules.CHECKS)
    today = datetime.now(UTC).date()
    return lambda groups: auditexceptions.standings(known, groups, today=today)


def _read(path: Path) -> str:
    from vipprov.guest.errors import MissingError

    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise MissingError(f"The baseline cannot be read: {path}.") from error
