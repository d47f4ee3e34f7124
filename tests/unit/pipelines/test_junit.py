"""JUnit XML is well formed whatever is said in it, and counts what failed."""

import xml.etree.ElementTree as ET

from vipprov.guest.check import Check, Verdict
from vipprov.pipelines import junit
from vipprov.pipelines.verify import Report


def check(verdict: Verdict) -> Check:
    return Check(
        id="arp", subject="web-1", expected="<one>", seen='"two" & more', verdict=verdict, cause="x"
    )


def test_failed_and_unknown_checks_are_failures_and_others_are_not() -> None:
    report = Report(pair="web", checks=tuple(map(check, Verdict)), seconds=1.25)
    suite = ET.fromstring(junit.of_report(report)).find("testsuite")  # noqa: S314  our own words
    assert suite is not None
    assert suite.attrib["name"] == "verify web"
    assert (suite.attrib["tests"], suite.attrib["failures"]) == ("3", "2")
    assert suite.attrib["time"] == "1.250"
    passed, failed, _ = suite.findall("testcase")
    assert passed.find("failure") is None
    failure = failed.find("failure")
    assert failure is not None
    assert failure.attrib["message"] == 'expected <one>, seen "two" & more: x'
