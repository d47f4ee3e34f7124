"""Judge a filter by sending frames through its rules in thought. Pure.

Rules above Ethernet, ARP and IP addresses (ports, states) are a firewall's business and are passed
over. Where a rule cannot be judged, both outcomes stay open, and the answer is "unknown".
"""

from collections.abc import Iterable
from dataclasses import dataclass

from vipprov.guest.pair import Setting
from vipprov.guest.vrrp import Family
from vipprov.hv.libvirtd.nwfilter_match import Frame, Match, Variables, matches
from vipprov.hv.libvirtd.nwfilter_rules import Action, Chain, Rule, Rules
from vipprov.hv.portgroup import Filter, Filtering, Protocol

# A locally administered MAC that no filter names stands for "any other".
ANY_OTHER = "02:76:69:70:70:76"
OVER_IPV4 = (Protocol.ARP, Protocol.IPV4)
OVER_IPV6 = (Protocol.IPV6,)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Judge:
    rules: Rules
    variables: Variables

    def setting(self, frame: Frame) -> Setting | None:
        """Return what becomes of the frame, or None where that stays open."""
        ends = _ends(self.rules.steps, frame, self.variables)
        if ends == {Action.DROP}:
            return Setting.REJECT
        # What falls off the end of the root chain is accepted.
        return None if Action.DROP in ends else Setting.ACCEPT


def filtering(
    rules: Rules, reference: Filter, *, nic_mac: str, macs: Iterable[str] = ()
) -> Filtering:
    """Return what the filter does with foreign MACs, with these MACs, and with a virtual IP."""
    variables = _variables(reference, nic_mac)
    judge = _Judge(rules=rules, variables=variables)
    named = {mac for value in rules.named_macs for mac in variables.get(value, {value})}
    asked = {mac for mac in named.union(macs) if ":" in mac} - {nic_mac}
    return Filtering(
        forged=_source(judge, ANY_OTHER),
        passes=frozenset(mac for mac in asked if _source(judge, mac) is Setting.ACCEPT),
        drops=frozenset(
            protocol
            for protocol in Protocol
            if judge.setting(Frame(source=nic_mac, protocol=protocol, virtual_ip=True))
            is Setting.REJECT
        ),
    )


def _source(judge: _Judge, mac: str) -> Setting | None:
    """Return what becomes of the frames that this MAC needs to get out."""
    protocols = OVER_IPV6 if mac.startswith(Family.IPV6.mac_prefix) else OVER_IPV4
    settings = {judge.setting(Frame(source=mac, protocol=protocol)) for protocol in protocols}
    if Setting.REJECT in settings:
        return Setting.REJECT
    return None if None in settings else Setting.ACCEPT


def _variables(reference: Filter, nic_mac: str) -> dict[str, frozenset[str]]:
    found: dict[str, frozenset[str]] = {"$MAC": frozenset({nic_mac})}
    for name, value in reference.parameters:
        found[f"${name}"] = found.get(f"${name}", frozenset()) | {value.lower()}
    return found


def _ends(steps: Iterable[Rule | Chain], frame: Frame, variables: Variables) -> frozenset[Action]:
    """Return how the walk may end: ACCEPT, DROP, or RETURN to where the chain was called."""
    ends: set[Action] = set()
    for step in steps:
        match = _reaches(step, frame, variables)
        if match is Match.NO:
            continue
        reached = _of(step, frame, variables)
        ends |= reached - {Action.CONTINUE}
        if match is Match.YES and Action.CONTINUE not in reached:
            return frozenset(ends)
    return frozenset({*ends, Action.RETURN})


def _reaches(step: Rule | Chain, frame: Frame, variables: Variables) -> Match:
    match step:
        case Rule():
            return matches(step, frame, variables)
        case Chain(protocol="mac"):
            return Match.YES
        case Chain():
            return Match.of(step.protocol == frame.protocol.value)


def _of(step: Rule | Chain, frame: Frame, variables: Variables) -> frozenset[Action]:
    match step:
        case Rule(action=Action.REJECT):
            return frozenset({Action.DROP})
        case Rule(action=action):
            return frozenset({action})
        case Chain():
            ends = _ends(step.rules, frame, variables)
            return frozenset(Action.CONTINUE if end is Action.RETURN else end for end in ends)
