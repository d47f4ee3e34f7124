"""Exceptions in an audit: which findings they take, and what has become of them. Pure.

An exception holds while its pair is on the port group and its last day is not over. One that does
not hold is a finding of its own, and what it was for counts again.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date

from vipprov.guest.policyexception import PolicyException
from vipprov.hv.switchgroup import GroupKind, SwitchGroup
from vipprov.pipelines import audit, auditrules
from vipprov.pipelines.audit import Finding
from vipprov.pipelines.auditrules import NEEDED, Topic


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """An exception, the port groups that it is for, and why it does not hold, if it does not."""

    exception: PolicyException
    groups: tuple[SwitchGroup, ...]
    stale: str = ""
    expired: bool = False

    @property
    def holds(self) -> bool:
        """Say whether it is to be gone by."""
        return not self.stale and not self.expired


def standings(
    exceptions: Iterable[PolicyException], groups: Iterable[SwitchGroup], *, today: date
) -> tuple[Standing, ...]:
    """Return how it stands with each exception."""
    every = tuple(group for group in groups if group.kind in audit.JUDGED)
    return tuple(_standing(exception, every, today) for exception in exceptions)


def with_exceptions(found: Iterable[Finding], standing: Iterable[Standing]) -> tuple[Finding, ...]:
    """Return the findings, each with the exception that takes it, and those of the exceptions."""
    every = tuple(standing)
    holding = {
        (group.key, topic): one.exception
        for one in every
        if one.holds
        for group in one.groups
        for topic in _topics(one.exception)
    }
    known = tuple(found)
    judged = (*known, *_in_guests(known, every))
    taken = (
        replace(one, exception=holding[one.identity]) if one.identity in holding else one
        for one in judged
    )
    return (*taken, *(finding for one in every for finding in _fallen(one)))


def holding(standing: Iterable[Standing]) -> dict[str, PolicyException]:
    """Return by key the port groups that may stay open, and by which exception."""
    return {group.key: one.exception for one in standing if one.holds for group in one.groups}


def _standing(exception: PolicyException, groups: tuple[SwitchGroup, ...], today: date) -> Standing:
    meant = tuple(group for group in groups if _is_meant(exception, group))
    serving = tuple(group for group in meant if exception.pair in _served(group))
    stale = ""
    if not meant:
        stale = "there is no such port group"
    elif not serving:
        stale = f"{exception.pair} is not on it"
    return Standing(
        exception=exception, groups=meant, stale=stale, expired=exception.has_expired(today)
    )


def _served(group: SwitchGroup) -> frozenset[str]:
    return frozenset((*group.pairs, *(machine.name for machine in group.machines)))


def _is_meant(exception: PolicyException, group: SwitchGroup) -> bool:
    is_there = exception.host is None or exception.host == group.host
    return is_there and exception.port_group in {group.name, group.key}


def _topics(exception: PolicyException) -> frozenset[str]:
    if exception.checks is not None:
        return exception.checks
    return frozenset(topic.value for topic in NEEDED)


def _in_guests(found: Iterable[Finding], standing: Iterable[Standing]) -> Iterator[Finding]:
    """Find what pairs that others made come to in their guests: their exceptions name them."""
    known = {finding.identity for finding in found}
    for one in standing:
        for group in one.groups if one.holds else ():
            for finding in audit.in_guests(group, for_whom=one.exception.pair):
                if finding.identity not in known:
                    known.add(finding.identity)
                    yield finding


def _fallen(standing: Standing) -> Iterator[Finding]:
    exception = standing.exception
    words = {
        Topic.EXCEPTION_EXPIRED: f"on {exception.expires}" if standing.expired else "",
        Topic.EXCEPTION_STALE: standing.stale,
    }
    where = exception.port_group + ("" if exception.host is None else f" on {exception.host}")
    for topic, value in words.items():
        if value:
            yield Finding(
                subject=where,
                key=f"exception:{exception.port_group}/{exception.host or ''}/{exception.pair}",
                rule=auditrules.rule(GroupKind.DISTRIBUTED, topic),
                value=value,
                source=f"exception of {exception.owner} for {exception.pair}",
            )
