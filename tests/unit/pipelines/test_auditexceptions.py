"""An exception takes what it is for out of the count, while its pair is there and it is in time."""

import json
from dataclasses import replace
from datetime import date, timedelta
from xml.etree import ElementTree as ET

import pytest

from switchgroups import ACCEPT, CLOSED, INHERITED, OPEN, distributed, standard
from vipprov.guest.policyexception import PolicyException
from vipprov.hv.switchgroup import Plugged, Record, SwitchGroup
from vipprov.pipelines import audit, auditexceptions, auditreports, auditwords, harden

TODAY = date(2027, 1, 31)
WEB = Plugged(name="web-1", is_on=True)
FOR_WEB = PolicyException(
    port_group="leaf1", pair="web-1", owner="net", reason="CHG-1", expires=TODAY
)
NEEDED = replace(CLOSED, forged_transmits=ACCEPT, learning=True)
EMPTY = replace(distributed(effective=NEEDED), older=None)
SERVING = replace(EMPTY, machines=(WEB,))


def judged(groups: list[SwitchGroup], *exceptions: PolicyException) -> tuple[audit.Finding, ...]:
    standing = auditexceptions.standings(exceptions, groups, today=TODAY)
    return auditexceptions.with_exceptions(audit.findings(groups, []), standing)


def counted(found: tuple[audit.Finding, ...]) -> list[str]:
    return [finding.rule.topic.value for finding in audit.counting(found)]


def test_exception_takes_all_that_a_pair_needs_and_what_it_comes_to_in_guests() -> None:
    found = judged([SERVING], FOR_WEB)
    assert counted(found) == []
    assert [one.rule.topic.value for one in found] == [
        "forged-transmits",
        "mac-learning",
        "guest-promiscuous",
        "guest-rp-filter",
    ]


def test_mac_changes_and_overrides_are_taken_only_if_they_are_named() -> None:
    group = replace(SERVING, effective=OPEN, overridable=True)
    assert counted(judged([group], FOR_WEB)) == ["mac-changes", "port-overrides"]
    every = frozenset({"mac-changes", "port-overrides"})
    assert "mac-changes" not in counted(judged([group], replace(FOR_WEB, checks=every)))


def test_exception_past_its_day_is_a_finding_and_what_it_was_for_counts_again() -> None:
    late = replace(FOR_WEB, expires=TODAY - timedelta(days=1))
    found = judged([SERVING], late)
    assert counted(found) == ["forged-transmits", "mac-learning", "exception-expired"]
    assert found[-1].value == "on 2027-01-30"


@pytest.mark.parametrize(
    ("groups", "why"),
    [
        ([EMPTY], "web-1 is not on it"),
        ([replace(EMPTY, name="leaf2", key="dvportgroup-leaf2")], "there is no such port group"),
    ],
)
def test_exception_whose_pair_or_port_group_is_gone_is_stale(
    groups: list[SwitchGroup], why: str
) -> None:
    found = judged(groups, FOR_WEB)
    assert counted(found) == ["forged-transmits", "mac-learning", "exception-stale"]
    assert found[-1].value == why


def test_exception_holds_for_the_port_groups_of_all_hosts_that_the_pair_may_move_to() -> None:
    effective = replace(CLOSED, promiscuous=ACCEPT, forged_transmits=ACCEPT)
    elsewhere = standard(host="esx2", effective=effective)
    groups = [standard(machines=(WEB,), effective=effective), elsewhere]
    exception = replace(FOR_WEB, port_group="app")
    assert counted(judged(groups, exception)) == []
    here = replace(exception, host="esx1")
    assert {one.subject for one in audit.counting(judged(groups, here))} == {"app on esx2"}


def test_guest_rules_are_named_where_vipprov_opened_a_port_group_for_a_pair() -> None:
    record = Record(before=INHERITED, opened=INHERITED, reason="for web-1")
    found = audit.findings([replace(SERVING, record=record)], [])
    by_topic = {one.rule.topic.value: one for one in found}
    assert by_topic["guest-promiscuous"].rule.ids == ("RHEL-07-040670", "RHEL-10-800020")
    assert by_topic["guest-rp-filter"].rule.ids == ("RHEL-09-253050", "RHEL-10-800130")
    assert by_topic["guest-rp-filter"].source == "needed in the guests, web-1"


def test_what_was_excepted_and_is_no_more_is_new_since_the_baseline() -> None:
    document = json.dumps(auditwords.document(judged([SERVING], FOR_WEB), [SERVING], None))
    before = auditwords.baseline(document)
    assert before == frozenset()
    now = audit.drift(judged([SERVING]), before)
    assert [one.rule.topic.value for one in now.new] == ["forged-transmits", "mac-learning"]


def test_exceptions_are_told_in_every_format() -> None:
    found = judged([SERVING], FOR_WEB)
    text = auditwords.text(found, [SERVING], None)
    assert "net until 2027-01-31" in text
    assert text.endswith("1 port groups, 4 findings, 4 of them excepted.")
    first = auditwords.finding_document(found[0])
    told = {"owner": "net", "reason": "CHG-1", "expires": "2027-01-31", "pair": "web-1"}
    assert first["exception"] == told
    assert ",net,2027-01-31,CHG-1," in auditreports.as_csv(found)
    suite = ET.fromstring(auditreports.as_junit(found, [SERVING]))  # noqa: S314
    assert (suite.get("failures"), suite.get("skipped")) == ("0", "1")


def test_harden_leaves_open_what_an_exception_is_for_unless_it_is_named_and_forced() -> None:
    group = replace(SERVING, machines=(replace(WEB, is_on=False),))
    standing = auditexceptions.standings([FOR_WEB], [group], today=TODAY)
    excepted = auditexceptions.holding(standing)
    plan = harden.plan([group], excepted=excepted)
    reason = "an exception for web-1 until 2027-01-31, net: CHG-1"
    assert [one.reason for one in plan.skipped] == [reason]
    named = frozenset({"leaf1"})
    assert harden.plan([group], named=named, excepted=excepted).changes == ()
    assert len(harden.plan([group], named=named, excepted=excepted, force=True).changes) == 1
    late = auditexceptions.standings([FOR_WEB], [group], today=TODAY + timedelta(days=1))
    assert len(harden.plan([group], excepted=auditexceptions.holding(late)).changes) == 1


def test_exception_may_name_the_pair_of_vipprov_whose_members_are_there() -> None:
    group = replace(EMPTY, machines=(replace(WEB, pair="web"),))
    exception = replace(FOR_WEB, pair="web")
    assert counted(judged([group], exception)) == []
    found = audit.findings([group], [])
    assert {one.pairs for one in found} == {("web",)}
    assert found[-1].source == "needed in the guests, web"
