"""How an audit is told: a table, one JSON document, CSV, JUnit. Pure."""

import csv
import io
import json
from collections.abc import Iterable, Sequence
from xml.etree import ElementTree as ET

from vipprov.guest.errors import SpecError
from vipprov.hv.switchgroup import SwitchGroup
from vipprov.pipelines.audit import Drift, Finding
from vipprov.pipelines.columns import aligned

COLUMNS = ("SEVERITY", "WHERE", "CHECK", "VALUE", "FROM", "MACHINES", "OPENED", "RULES")
FIELDS = ("severity", "where", "key", "check", "value", "from", "machines", "opened", "rules")


def text(found: Sequence[Finding], groups: Sequence[SwitchGroup], drift: Drift | None) -> str:
    """Return the findings as a table, with a line that counts them."""
    lines = [aligned([COLUMNS, *(_row(finding) for finding in found)])] if found else []
    lines.append(f"{len(groups)} port groups, {len(found)} findings.")
    if drift is not None:
        lines.append(f"Since the baseline: {len(drift.new)} new, {len(drift.gone)} gone.")
        lines += (f"  new:  {one.subject}: {one.rule.topic.value}" for one in drift.new)
        lines += (f"  gone: {key}: {topic}" for key, topic in drift.gone)
    return "\n".join(lines)


def document(
    found: Sequence[Finding], groups: Sequence[SwitchGroup], drift: Drift | None
) -> dict[str, object]:
    """Return the audit as a document; it is a baseline for the next."""
    return {
        "version": 1,
        "port_groups": len(groups),
        "findings": [_document(finding) for finding in found],
        "drift": None
        if drift is None
        else {
            "new": [_document(finding) for finding in drift.new],
            "gone": [{"key": key, "check": topic} for key, topic in drift.gone],
        },
    }


def baseline(content: str) -> frozenset[tuple[str, str]]:
    """Return what was found last time, from the document of that audit."""
    try:
        return frozenset(
            (finding["key"], finding["check"]) for finding in json.loads(content)["findings"]
        )
    except (ValueError, KeyError, TypeError) as error:
        raise SpecError(
            "The baseline is no audit.", hint="Make one with: vipprov portgroup audit URL --json"
        ) from error


def as_csv(found: Iterable[Finding]) -> str:
    """Return the findings as CSV, a line for each."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(FIELDS)
    for finding in found:
        row = _document(finding)
        row["machines"] = " ".join(finding.machines)
        row["rules"] = "; ".join(finding.rule.ids)
        writer.writerow([_harmless(str(row[field])) for field in FIELDS])
    return out.getvalue().rstrip("\n")


def as_junit(found: Sequence[Finding], groups: Sequence[SwitchGroup]) -> str:
    """Return the audit as JUnit: a case for each port group and host, failed by its findings."""
    by_key: dict[str, list[Finding]] = {group.key: [] for group in groups}
    titles = {group.key: group.title for group in groups}
    for finding in found:
        by_key.setdefault(finding.key, []).append(finding)
        titles.setdefault(finding.key, finding.subject)
    failed = sum(1 for each in by_key.values() if each)
    counts = {"tests": str(len(by_key)), "failures": str(failed)}
    suite = ET.Element("testsuite", {"name": "vipprov portgroup audit", **counts})
    for key, each in by_key.items():
        attributes = {"classname": "portgroup", "name": _printable(f"{titles[key]} ({key})")}
        case = ET.SubElement(suite, "testcase", attributes)
        if each:
            brief = ", ".join(one.rule.topic.value for one in each)
            failure = ET.SubElement(case, "failure", {"message": brief})
            failure.text = _printable("\n".join(" | ".join(_row(one)) for one in each))
    return ET.tostring(suite, encoding="unicode")


def _row(finding: Finding) -> tuple[str, ...]:
    return (
        finding.rule.severity.value,
        finding.subject,
        finding.rule.topic.value,
        finding.value,
        finding.source,
        ", ".join(finding.machines) or "-",
        finding.opened or "-",
        ", ".join(finding.rule.ids) or "-",
    )


def _document(finding: Finding) -> dict[str, object]:
    return {
        "severity": finding.rule.severity.value,
        "where": finding.subject,
        "key": finding.key,
        "check": finding.rule.topic.value,
        "value": finding.value,
        "from": finding.source,
        "machines": list(finding.machines),
        "opened": finding.opened,
        "rules": list(finding.rule.ids),
    }


def _harmless(cell: str) -> str:
    """Return a cell that no spreadsheet takes for a formula: names are other people's."""
    return f"'{cell}" if cell.startswith(("=", "+", "-", "@", "\t")) else cell


def _printable(line: str) -> str:
    """Return the text without what XML cannot hold."""
    return "".join(letter for letter in line if letter.isprintable() or letter == "\n")
