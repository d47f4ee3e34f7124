"""Judge port groups by the benchmarks. Pure.

What an exception is for stays a finding, and does not count: see `auditexceptions`.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from vipprov.guest.pair import Setting
from vipprov.guest.policyexception import PolicyException
from vipprov.hv.switchgroup import GroupKind, HostCheck, SwitchGroup
from vipprov.pipelines import auditrules
from vipprov.pipelines.auditrules import Rule, Topic

# Uplinks carry no machine's NIC, and NSX keeps the policies of its own port groups.
JUDGED = frozenset({GroupKind.STANDARD, GroupKind.DISTRIBUTED})


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One thing that a benchmark complains of: where, what is in effect, and who says so."""

    subject: str
    key: str
    rule: Rule
    value: str
    source: str
    machines: tuple[str, ...] = ()
    opened: str = ""
    pairs: tuple[str, ...] = ()
    exception: PolicyException | None = None

    @property
    def identity(self) -> tuple[str, str]:
        """What makes it the same finding the next time."""
        return self.key, self.rule.topic.value


@dataclass(frozen=True, slots=True, kw_only=True)
class Drift:
    """How the findings differ from those of last time."""

    new: tuple[Finding, ...]
    gone: tuple[tuple[str, str], ...]


def findings(groups: Iterable[SwitchGroup], hosts: Iterable[HostCheck]) -> tuple[Finding, ...]:
    """Return all findings: port group by port group, then host by host."""
    seen = tuple(groups)
    judged = [finding for group in seen if group.kind in JUDGED for finding in _of_group(group)]
    return (*judged, *_of_hosts(seen, hosts))


def counting(found: Iterable[Finding]) -> tuple[Finding, ...]:
    """Return the findings that nobody has agreed to."""
    return tuple(finding for finding in found if finding.exception is None)


def drift(now: Iterable[Finding], before: frozenset[tuple[str, str]]) -> Drift:
    """Return what is new since last time, and what has gone, or was agreed to meanwhile."""
    found = counting(now)
    identities = {finding.identity for finding in found}
    return Drift(
        new=tuple(finding for finding in found if finding.identity not in before),
        gone=tuple(sorted(before - identities)),
    )


def needs_host_checks(groups: Iterable[SwitchGroup]) -> bool:
    """Say whether any machine could get back its own frames: then hosts must be asked."""
    return any(_is_promiscuous(group) for group in groups if group.kind in JUDGED)


def _of_group(group: SwitchGroup) -> Iterator[Finding]:
    effective, own = group.effective, group.own
    words = (
        (Topic.FORGED_TRANSMITS, effective.forged_transmits, own.forged_transmits),
        (Topic.MAC_CHANGES, effective.mac_changes, own.mac_changes),
        (Topic.PROMISCUOUS, effective.promiscuous, own.promiscuous),
    )
    for topic, effect, said in words:
        if effect is Setting.ACCEPT:
            yield _finding(group, topic, value="accept", is_own=said is not None)
    if effective.learning:
        learning = own.learning
        is_own = learning is not None and not learning.inherited
        yield _finding(group, Topic.MAC_LEARNING, value="on", is_own=is_own)
    if group.overridable:
        yield _finding(group, Topic.PORT_OVERRIDES, value="allowed", is_own=True)
    if group.resets is False:
        yield _finding(group, Topic.RESET_AT_DISCONNECT, value="off", is_own=True)
    if differing := _differing(group):
        yield _finding(group, Topic.DIVERGENCE, value=", ".join(differing), is_own=True)
    if served := ", ".join(group.pairs) or _opened(group).removeprefix("for "):
        yield from in_guests(group, for_whom=served)


def in_guests(group: SwitchGroup, *, for_whom: str) -> Iterator[Finding]:
    """Find what a pair on this port group comes to in its guests: no audit of hosts looks there."""
    for topic, value in ((Topic.GUEST_PROMISCUOUS, "on"), (Topic.GUEST_RP_FILTER, "0")):
        finding = _finding(group, topic, value=value, is_own=True)
        yield replace(finding, source=f"needed in the guests, {for_whom}")


def _finding(group: SwitchGroup, topic: Topic, *, value: str, is_own: bool) -> Finding:
    return Finding(
        subject=group.title,
        key=group.key,
        rule=auditrules.rule(group.kind, topic),
        value=value,
        source="port group" if is_own else f"inherited from {group.switch}",
        machines=tuple(machine.name for machine in group.machines),
        opened=_opened(group),
        pairs=group.pairs,
    )


def _opened(group: SwitchGroup) -> str:
    return "" if group.record is None else group.record.reason or "by vipprov"


def _differing(group: SwitchGroup) -> list[str]:
    """Return in which words the two policy objects of a distributed port group disagree."""
    if (older := group.older) is None:
        return []
    newer = group.effective
    pairs = (
        ("promiscuous", newer.promiscuous, older.promiscuous),
        ("MAC changes", newer.mac_changes, older.mac_changes),
        ("forged transmits", newer.forged_transmits, older.forged_transmits),
    )
    return [name for name, one, other in pairs if one and other and one is not other]


def _of_hosts(groups: tuple[SwitchGroup, ...], hosts: Iterable[HostCheck]) -> Iterator[Finding]:
    """Find hosts that would hand a promiscuous machine its own frames, back by a second uplink."""
    promiscuous = [group for group in groups if group.kind in JUDGED and _is_promiscuous(group)]
    for check in hosts:
        served = [group for group in promiscuous if group.host in {None, check.host}]
        if served and check.reverse_path_check is False:
            yield Finding(
                subject=check.host,
                key=check.host,
                rule=auditrules.rule(GroupKind.STANDARD, Topic.REVERSE_PATH_CHECK),
                value="0",
                source="Net.ReversePathFwdCheckPromisc",
                machines=tuple(sorted({one.name for group in served for one in group.machines})),
            )


def _is_promiscuous(group: SwitchGroup) -> bool:
    return group.effective.promiscuous is Setting.ACCEPT
