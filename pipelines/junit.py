"""JUnit XML, as CI systems read it: what was checked or done, and what went wrong."""

import xml.etree.ElementTree as ET
from collections.abc import Iterable
from dataclasses import dataclass

from vipprov.guest.check import Verdict
from vipprov.pipelines import failoverwords
from vipprov.pipelines.series import Series
from vipprov.pipelines.verify import Report


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One thing that went well, or `failure` says how it did not; `output` is said either way."""

    name: str
    seconds: float = 0.0
    failure: str = ""
    output: str = ""


def of_report(report: Report) -> str:
    """Return a proof, a case for each check; one that is unknown is no proof and fails."""
    cases = (
        Case(
            name=f"{check.id} ({check.subject})",
            failure=""
            if check.verdict is Verdict.PASS
            else f"expected {check.expected}, seen {check.seen}: {check.cause}",
            output=check.warning,
        )
        for check in report.checks
    )
    return render(f"verify {report.pair}", cases, seconds=report.seconds)


def of_series(series: Series) -> str:
    """Return fail-overs, a case for each."""
    cases = []
    for number, one in enumerate(series.rounds, start=1):
        told = "\n".join(failoverwords.round_lines(one))
        seconds = one.there.fault_span.until - one.there.fault_span.since
        failure = "" if one.is_as_expected else f"not as expected\n{told}"
        name = f"{series.fault.value} {number}"
        cases.append(Case(name=name, seconds=seconds, failure=failure, output=told))
    total = sum(case.seconds for case in cases)
    return render(f"failover {series.pair}", cases, seconds=total)


def render(suite: str, cases: Iterable[Case], *, seconds: float) -> str:
    """Return a document of one suite."""
    every = tuple(cases)
    failures = str(sum(bool(case.failure) for case in every))
    counts = {"tests": str(len(every)), "failures": failures, "time": f"{seconds:.3f}"}
    root = ET.Element("testsuites", counts)
    head = ET.SubElement(root, "testsuite", {"name": suite, "errors": "0", **counts})
    for case in every:
        named = {"classname": f"vipprov.{suite}", "name": case.name, "time": f"{case.seconds:.3f}"}
        element = ET.SubElement(head, "testcase", named)
        if case.failure:
            brief = case.failure.partition("\n")[0]
            ET.SubElement(element, "failure", {"message": brief}).text = case.failure
        if case.output:
            ET.SubElement(element, "system-out").text = case.output
    ET.indent(root)
    return ET.tostring(root, encoding="unicode", xml_declaration=True) + "\n"
