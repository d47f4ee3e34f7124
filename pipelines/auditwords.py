"""How an audit is told: a table for people, one JSON document for the next audit. Pure."""

import json
from collections.abc import Sequence

from vipprov.guest.errors import SpecError
from vipprov.guest.policyexception import PolicyException
from vipprov.hv.switchgroup import SwitchGroup
from vipprov.pipelines.audit import Drift, Finding, counting
from vipprov.pipelines.columns import aligned

COLUMNS = (
    "SEVERITY",
    "WHERE",
    "CHECK",
    "VALUE",
    "FROM",
    "MACHINES",
    "OPENED",
    "PAIR",
    "EXCEPTION",
    "RULES",
)


def text(found: Sequence[Finding], groups: Sequence[SwitchGroup], drift: Drift | None) -> str:
    """Return the findings as a table, with a line that counts them."""
    lines = [aligned([COLUMNS, *(row(finding) for finding in found)])] if found else []
    excepted = len(found) - len(counting(found))
    taken = f", {excepted} of them excepted" if excepted else ""
    lines.append(f"{len(groups)} port groups, {len(found)} findings{taken}.")
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
        "findings": [finding_document(finding) for finding in found],
        "drift": None
        if drift is None
        else {
            "new": [finding_document(finding) for finding in drift.new],
            "gone": [{"key": key, "check": topic} for key, topic in drift.gone],
        },
    }


def baseline(content: str) -> frozenset[tuple[str, str]]:
    """Return what counted last time, from the document of that audit."""
    try:
        return frozenset(
            (finding["key"], finding["check"])
            for finding in json.loads(content)["findings"]
            if finding.get("exception") is None
        )
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise SpecError(
            "The baseline is no audit.", hint="Make one with: vipprov portgroup audit URL --json"
        ) from error


def row(finding: Finding) -> tuple[str, ...]:
    """Return the cells of a finding, as COLUMNS names them."""
    return (
        finding.rule.severity.value,
        finding.subject,
        finding.rule.topic.value,
        finding.value,
        finding.source,
        ", ".join(finding.machines) or "-",
        finding.opened or "-",
        ", ".join(finding.pairs) or "-",
        told(finding.exception),
        ", ".join(finding.rule.ids) or "-",
    )


def finding_document(finding: Finding) -> dict[str, object]:
    """Return a finding as it stands in the document."""
    return {
        "severity": finding.rule.severity.value,
        "where": finding.subject,
        "key": finding.key,
        "check": finding.rule.topic.value,
        "value": finding.value,
        "from": finding.source,
        "machines": list(finding.machines),
        "opened": finding.opened,
        "pairs": list(finding.pairs),
        "exception": exception_document(finding.exception),
        "rules": list(finding.rule.ids),
    }


def told(exception: PolicyException | None) -> str:
    """Return by whom and until when there is an exception."""
    return "-" if exception is None else f"{exception.owner} until {exception.expires}"


def exception_document(exception: PolicyException | None) -> dict[str, str] | None:
    """Return an exception as it stands beside a finding."""
    if exception is None:
        return None
    return {
        "owner": exception.owner,
        "reason": exception.reason,
        "expires": exception.expires.isoformat(),
        "pair": exception.pair,
    }
