"""An audit for programs that are not ours: CSV for spreadsheets, JUnit for CI systems. Pure."""

import csv
import io
from collections.abc import Iterable, Sequence
from xml.etree import ElementTree as ET

from vipprov.guest.policyexception import PolicyException
from vipprov.hv.switchgroup import SwitchGroup
from vipprov.pipelines import auditwords
from vipprov.pipelines.audit import Finding, counting

FIELDS = (
    "severity",
    "where",
    "key",
    "check",
    "value",
    "from",
    "machines",
    "opened",
    "pairs",
    "exception_owner",
    "exception_expires",
    "exception_reason",
    "rules",
)


def as_csv(found: Iterable[Finding]) -> str:
    """Return the findings as CSV, a line for each."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(FIELDS)
    for finding in found:
        row = auditwords.finding_document(finding)
        row["machines"] = " ".join(finding.machines)
        row["pairs"] = " ".join(finding.pairs)
        row |= _exception_cells(finding.exception)
        row["rules"] = "; ".join(finding.rule.ids)
        writer.writerow([_harmless(str(row[field])) for field in FIELDS])
    return out.getvalue().rstrip("\n")


def as_junit(found: Sequence[Finding], groups: Sequence[SwitchGroup]) -> str:
    """Return the audit as JUnit: a case for each port group and host, failed by its findings.

    One that nothing but exceptions keeps from failing is skipped, and says by whose.
    """
    by_key: dict[str, list[Finding]] = {group.key: [] for group in groups}
    titles = {group.key: group.title for group in groups}
    for finding in found:
        by_key.setdefault(finding.key, []).append(finding)
        titles.setdefault(finding.key, finding.subject)
    failed = sum(1 for each in by_key.values() if counting(each))
    excepted = sum(1 for each in by_key.values() if each and not counting(each))
    counts = {"tests": str(len(by_key)), "failures": str(failed), "skipped": str(excepted)}
    suite = ET.Element("testsuite", {"name": "vipprov portgroup audit", **counts})
    for key, each in by_key.items():
        attributes = {"classname": "portgroup", "name": _printable(f"{titles[key]} ({key})")}
        case = ET.SubElement(suite, "testcase", attributes)
        if failing := counting(each):
            brief = ", ".join(one.rule.topic.value for one in failing)
            failure = ET.SubElement(case, "failure", {"message": brief})
            failure.text = _printable("\n".join(" | ".join(auditwords.row(one)) for one in failing))
        elif each:
            told = sorted({auditwords.told(one.exception) for one in each})
            ET.SubElement(case, "skipped", {"message": _printable("; ".join(told))})
    return ET.tostring(suite, encoding="unicode")


def _exception_cells(exception: PolicyException | None) -> dict[str, object]:
    document = auditwords.exception_document(exception) or {}
    return {f"exception_{name}": document.get(name, "") for name in ("owner", "expires", "reason")}


def _harmless(cell: str) -> str:
    """Return a cell that no spreadsheet takes for a formula: names are other people's."""
    return f"'{cell}" if cell.startswith(("=", "+", "-", "@", "\t")) else cell


def _printable(line: str) -> str:
    """Return the text without what XML cannot hold."""
    return "".join(letter for letter in line if letter.isprintable() or letter == "\n")
