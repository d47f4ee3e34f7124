"""Findings name the rule, the value in effect, where it comes from, and who is on the group."""

import csv
import io
import json
from dataclasses import replace
from xml.etree import ElementTree as ET

import pytest

from switchgroups import ACCEPT, CLOSED, INHERITED, OPEN, REJECT, distributed, standard
from vipprov.guest.errors import SpecError
from vipprov.hv.switchgroup import GroupKind, HostCheck, OwnPolicy, Plugged, Record
from vipprov.pipelines import audit, auditreports, auditwords
from vipprov.pipelines.auditrules import Severity

UNCHECKED = HostCheck(host="esx1", reverse_path_check=False)


def topics(found: tuple[audit.Finding, ...]) -> list[str]:
    return [finding.rule.topic.value for finding in found]


def test_closed_port_groups_have_no_findings() -> None:
    assert audit.findings([distributed(), standard()], [UNCHECKED]) == ()


def test_open_standard_port_group_breaks_the_rules_of_esxi() -> None:
    found = audit.findings([standard(effective=OPEN)], [])
    assert topics(found) == ["forged-transmits", "mac-changes", "promiscuous"]
    assert [finding.rule.severity for finding in found][1] is Severity.HIGH
    assert "ESXI-80-000216" in found[0].rule.ids
    assert {finding.source for finding in found} == {"inherited from vSwitch0"}


def test_open_distributed_port_group_breaks_the_rules_of_vcenter() -> None:
    own = OwnPolicy(promiscuous=ACCEPT, mac_changes=ACCEPT, forged_transmits=ACCEPT)
    group = replace(distributed(own=own, effective=OPEN), older=OPEN)
    found = audit.findings([group], [])
    assert "VCSA-80-000270" in found[2].rule.ids
    assert {finding.source for finding in found} == {"port group"}


def test_policy_objects_that_disagree_are_a_finding_of_our_own() -> None:
    group = replace(distributed(), older=replace(CLOSED, promiscuous=ACCEPT))
    (finding,) = audit.findings([group], [])
    assert (finding.rule.topic.value, finding.value) == ("policies-disagree", "promiscuous")


def test_learning_overrides_and_reset_are_findings() -> None:
    group = replace(
        distributed(effective=replace(CLOSED, learning=True)), overridable=True, resets=False
    )
    found = audit.findings([group], [])
    assert topics(found) == ["mac-learning", "port-overrides", "reset-at-disconnect"]


def test_host_without_reverse_path_check_is_a_finding_where_something_is_promiscuous() -> None:
    found = audit.findings(
        [standard(effective=OPEN)], [UNCHECKED, HostCheck(host="esx2", reverse_path_check=False)]
    )
    assert [one.subject for one in found if "reverse" in one.rule.topic.value] == ["esx1"]


@pytest.mark.parametrize("kind", [GroupKind.UPLINK, GroupKind.NSX])
def test_uplinks_and_port_groups_of_nsx_are_not_judged(kind: GroupKind) -> None:
    assert audit.findings([distributed(kind=kind, effective=OPEN)], [UNCHECKED]) == ()


def test_unknown_settings_are_no_findings() -> None:
    assert audit.findings([distributed(effective=replace(CLOSED, promiscuous=None))], []) == ()


def test_what_is_new_and_what_has_gone_since_the_baseline_is_told() -> None:
    before = audit.findings([standard(effective=OPEN)], [])
    document = auditwords.document(before, [], None)
    baseline = auditwords.baseline(json.dumps(document))
    now = audit.findings(
        [standard(effective=replace(OPEN, promiscuous=REJECT)), standard("db", effective=OPEN)], []
    )
    drift = audit.drift(now, baseline)
    assert {finding.subject for finding in drift.new} == {"db on esx1"}
    assert drift.gone == (("esx1/app", "promiscuous"),)


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"findings": [1]}'])
def test_file_that_is_no_audit_is_no_baseline(text: str) -> None:
    with pytest.raises(SpecError, match="no audit"):
        auditwords.baseline(text)


def test_csv_has_a_line_for_each_finding_and_no_formula() -> None:
    machine = Plugged(name="=cmd|'x'!A1", is_on=True)
    groups = [standard("+open", effective=OPEN, machines=(machine,))]
    rows = list(csv.DictReader(io.StringIO(auditreports.as_csv(audit.findings(groups, [])))))
    assert len(rows) == 3
    assert rows[0]["where"] == "'+open on esx1"
    assert rows[0]["machines"].startswith("'=")


def test_junit_has_a_case_for_each_port_group_and_fails_those_with_findings() -> None:
    groups = [standard("a\x00<b", effective=OPEN), distributed()]
    suite = ET.fromstring(auditreports.as_junit(audit.findings(groups, []), groups))  # noqa: S314
    assert (suite.get("tests"), suite.get("failures")) == ("2", "1")
    assert [case.find("failure") is not None for case in suite] == [True, False]


def test_table_says_for_whom_a_port_group_was_opened() -> None:
    record = Record(before=INHERITED, opened=INHERITED, reason="for web-1")
    groups = [distributed(effective=OPEN, record=record)]
    text = auditwords.text(audit.findings(groups, []), groups, None)
    assert "for web-1" in text
    assert text.splitlines()[-1] == "1 port groups, 6 findings."
