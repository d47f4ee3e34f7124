"""What an audit of port groups checks, and what the benchmarks call it.

The ids are those of the DISA STIGs for vSphere 7 and 8 and for RHEL, of the VCF 9 guide, of the
Security Configuration Guide (SCG) and of CIS for ESXi 8. What has no id is a check of our own.
"""

from dataclasses import dataclass
from enum import Enum
from typing import Final

from vipprov.hv.switchgroup import GroupKind


class Severity(Enum):
    """How much a finding matters, in the words of the STIGs."""

    HIGH = "high"
    MEDIUM = "medium"
    LOW = "low"


class Topic(Enum):
    """What is checked."""

    FORGED_TRANSMITS = "forged-transmits"
    MAC_CHANGES = "mac-changes"
    PROMISCUOUS = "promiscuous"
    MAC_LEARNING = "mac-learning"
    PORT_OVERRIDES = "port-overrides"
    RESET_AT_DISCONNECT = "reset-at-disconnect"
    DIVERGENCE = "policies-disagree"
    REVERSE_PATH_CHECK = "reverse-path-check"
    GUEST_PROMISCUOUS = "guest-promiscuous"
    GUEST_RP_FILTER = "guest-rp-filter"
    EXCEPTION_EXPIRED = "exception-expired"
    EXCEPTION_STALE = "exception-stale"


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """One check: how much it matters, and its ids."""

    topic: Topic
    severity: Severity
    ids: tuple[str, ...] = ()


_MEDIUM: Final = Severity.MEDIUM
_STANDARD: Final = (
    Rule(
        topic=Topic.FORGED_TRANSMITS,
        severity=_MEDIUM,
        ids=("ESXI-70-000059", "ESXI-80-000216", "VCFE-9X-000219", "CIS ESXi 8 5.6"),
    ),
    Rule(
        topic=Topic.MAC_CHANGES,
        severity=Severity.HIGH,
        ids=("ESXI-70-000060", "ESXI-80-000217", "VCFE-9X-000220", "CIS ESXi 8 5.7"),
    ),
    Rule(
        topic=Topic.PROMISCUOUS,
        severity=_MEDIUM,
        ids=("ESXI-70-000061", "ESXI-80-000218", "VCFE-9X-000221", "CIS ESXi 8 5.8"),
    ),
    Rule(topic=Topic.REVERSE_PATH_CHECK, severity=_MEDIUM, ids=("SCG esx-9.network-rpf-promisc",)),
)
_DISTRIBUTED: Final = (
    Rule(
        topic=Topic.FORGED_TRANSMITS,
        severity=_MEDIUM,
        ids=("VCSA-70-000268", "VCSA-80-000268", "VCFA-9X-000323"),
    ),
    Rule(
        topic=Topic.MAC_CHANGES,
        severity=_MEDIUM,
        ids=("VCSA-70-000269", "VCSA-80-000269", "VCFA-9X-000324"),
    ),
    Rule(
        topic=Topic.PROMISCUOUS,
        severity=_MEDIUM,
        ids=("VCSA-70-000270", "VCSA-80-000270", "VCFA-9X-000325"),
    ),
    Rule(topic=Topic.MAC_LEARNING, severity=_MEDIUM, ids=("VCFA-9X-000345",)),
    Rule(topic=Topic.PORT_OVERRIDES, severity=_MEDIUM, ids=("VCSA-80-000301", "VCFA-9X-000341")),
    Rule(
        topic=Topic.RESET_AT_DISCONNECT,
        severity=_MEDIUM,
        ids=("VCSA-80-000302", "VCFA-9X-000342"),
    ),
    Rule(topic=Topic.DIVERGENCE, severity=Severity.LOW),
)
# What a pair does in its guests, and what becomes of an exception: whatever the port group is.
_ANYWHERE: Final = (
    Rule(
        topic=Topic.GUEST_PROMISCUOUS,
        severity=_MEDIUM,
        ids=("RHEL-07-040670", "RHEL-10-800020"),
    ),
    Rule(
        topic=Topic.GUEST_RP_FILTER,
        severity=_MEDIUM,
        ids=("RHEL-09-253050", "RHEL-10-800130"),
    ),
    Rule(topic=Topic.EXCEPTION_EXPIRED, severity=_MEDIUM),
    Rule(topic=Topic.EXCEPTION_STALE, severity=_MEDIUM),
)
# What the virtual MAC of a pair comes to: an exception is for these unless it says others.
NEEDED: Final = frozenset(
    {
        Topic.FORGED_TRANSMITS,
        Topic.PROMISCUOUS,
        Topic.MAC_LEARNING,
        Topic.GUEST_PROMISCUOUS,
        Topic.GUEST_RP_FILTER,
    }
)
# What an exception may be for.
CHECKS: Final = frozenset(
    topic.value
    for topic in Topic
    if topic not in {Topic.EXCEPTION_EXPIRED, Topic.EXCEPTION_STALE, Topic.REVERSE_PATH_CHECK}
)
_BY_TOPIC: Final = {
    GroupKind.STANDARD: {rule.topic: rule for rule in (*_STANDARD, *_ANYWHERE)},
    GroupKind.DISTRIBUTED: {rule.topic: rule for rule in (*_DISTRIBUTED, *_ANYWHERE)},
}


def rule(kind: GroupKind, topic: Topic) -> Rule:
    """Return the rule for this kind of port group, standard or distributed."""
    return _BY_TOPIC[kind][topic]
