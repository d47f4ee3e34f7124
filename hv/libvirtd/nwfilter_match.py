"""Whether a frame from the guest meets the conditions of a filter's rule. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum

from vipprov.hv.libvirtd.nwfilter_rules import Rule
from vipprov.hv.portgroup import Protocol

Variables = Mapping[str, frozenset[str]]

# The protocol that a rule's element speaks of; `mac` speaks of all. Elements that are not here
# (tcp, udp, all, …) are a firewall's.
LAYERS = {
    "mac": None,
    "arp": Protocol.ARP,
    "ip": Protocol.IPV4,
    "ipv6": Protocol.IPV6,
}
ETHERTYPES = {Protocol.ARP: 0x0806, Protocol.IPV4: 0x0800, Protocol.IPV6: 0x86DD}
# The frames that are thought of are what a client's ping is answered with: ICMP, to one host.
ICMP = {"icmp", "1", "icmpv6", "58"}
GROUPS = {"224.0.0.0", "255.255.255.255", "ff00::"}
SAYS_NOTHING = {"comment", "srcmacmask", "arpsrcipmask", "srcipmask", "dstipmask"}


class Match(Enum):
    """Whether a frame meets a condition."""

    YES = "yes"
    NO = "no"
    MAYBE = "maybe"

    @classmethod
    def of(cls, met: bool) -> "Match":  # noqa: FBT001  the truth itself
        """Return what is certain."""
        return cls.YES if met else cls.NO

    @property
    def inverse(self) -> "Match":
        """What it means under `match='no'`."""
        return {Match.YES: Match.NO, Match.NO: Match.YES, Match.MAYBE: Match.MAYBE}[self]


@dataclass(frozen=True, slots=True, kw_only=True)
class Frame:
    """A frame from the guest. `virtual_ip`: its sender is not one of the NIC's own addresses."""

    source: str
    protocol: Protocol
    virtual_ip: bool = False


def matches(rule: Rule, frame: Frame, variables: Variables) -> Match:
    """Return whether the rule's action is taken on this frame."""
    if rule.layer is None:
        return Match.YES
    if rule.layer not in LAYERS or LAYERS[rule.layer] not in {None, frame.protocol}:
        return Match.NO
    fields = dict(rule.match)
    met = {_meets(key, fields, frame, variables) for key in fields if key not in SAYS_NOTHING}
    if rule.inverted:
        met = {match.inverse for match in met}
    if Match.NO in met:
        return Match.NO
    return Match.MAYBE if Match.MAYBE in met else Match.YES


def _meets(key: str, fields: Mapping[str, str], frame: Frame, variables: Variables) -> Match:
    value = fields[key].lower() if not fields[key].startswith("$") else fields[key]
    match key:
        case "srcmacaddr" | "arpsrcmacaddr":
            mask = fields.get("srcmacmask", "") if key == "srcmacaddr" else ""
            return _mac(value, mask, frame, variables)
        case "srcipaddr" | "arpsrcipaddr":
            return _address(value, fields.get(f"{key[:-4]}mask", ""), frame, variables)
        case "protocolid":
            return Match.of(_ethertype(value) == ETHERTYPES[frame.protocol])
        case "protocol":
            return Match.of(value in ICMP)
        case _:
            return Match.NO if _is_for_a_group(key, value, frame) else Match.MAYBE


def _mac(value: str, mask: str, frame: Frame, variables: Variables) -> Match:
    candidates = variables.get(value, frozenset()) if value.startswith("$") else {value}
    if not candidates or "$" in mask:
        return Match.MAYBE
    kept = _number(mask) if mask else (1 << 48) - 1
    return Match.of(any((_number(mac) ^ _number(frame.source)) & kept == 0 for mac in candidates))


def _address(value: str, mask: str, frame: Frame, variables: Variables) -> Match:
    """Say whether the sender's address is meant: of a virtual IP we know that it is another."""
    if value.startswith("$"):
        if not frame.virtual_ip:
            return Match.YES
        return Match.MAYBE if len(variables.get(value, frozenset())) > 1 else Match.NO
    return Match.NO if value == "0.0.0.0" and not mask else Match.MAYBE  # noqa: S104  no socket


def _is_for_a_group(key: str, value: str, frame: Frame) -> bool:
    if key == "dstmacaddr" and ":" in value:
        return frame.protocol is not Protocol.ARP and int(value[:2], 16) & 1 == 1
    return key == "dstipaddr" and value in GROUPS


def _ethertype(value: str) -> int | None:
    names = {protocol.value: number for protocol, number in ETHERTYPES.items()}
    if value in names:
        return names[value]
    try:
        return int(value, 0)
    except ValueError:
        return None


def _number(mac: str) -> int:
    return int(mac.replace(":", ""), 16)
