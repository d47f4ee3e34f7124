"""libvirt's filters as values: the rules that a guest's frames meet, in their order. Pure."""

import xml.etree.ElementTree as ET
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import Enum

# The order in which libvirt jumps to a chain that names no priority (nwfilter_conf.h).
CHAIN_PRIORITIES = {
    "stp": -810,
    "mac": -800,
    "vlan": -750,
    "ipv4": -700,
    "ipv6": -600,
    "arp": -500,
    "rarp": -400,
}
RULE_PRIORITY = 500
ADDRESS = "$IP"
# What libvirt filters with ebtables; the rest is for iptables.
FRAME_LAYERS = frozenset({"mac", "vlan", "stp", "arp", "rarp", "ip", "ipv6"})


class Action(Enum):
    """What a rule does with a frame that it matches."""

    ACCEPT = "accept"
    DROP = "drop"
    REJECT = "reject"
    RETURN = "return"
    CONTINUE = "continue"


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """One rule. Without a layer it matches every frame that reaches it."""

    action: Action
    priority: int
    layer: str | None = None
    match: tuple[tuple[str, str], ...] = ()
    inverted: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Chain:
    """Rules that only the frames of one protocol meet: `arp-mac` those of ARP, `mac` all."""

    name: str
    priority: int
    rules: tuple[Rule, ...]

    @property
    def protocol(self) -> str:
        """The protocol that the chain's name begins with."""
        return self.name.partition("-")[0]


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """The root chain, with the other chains at their places in its order."""

    steps: tuple[Rule | Chain, ...]

    @property
    def named_macs(self) -> frozenset[str]:
        """What the rules name as source MAC: addresses and variables."""
        return frozenset(
            value.lower() if ":" in value else value
            for rule in self._all
            for key, value in rule.match
            if key == "srcmacaddr"
        )

    @property
    def need_ebtables(self) -> bool:
        """Whether a rule looks at frames, for which libvirt makes a chain in ebtables."""
        return any(rule.layer in FRAME_LAYERS for rule in self._all)

    @property
    def want_address(self) -> bool:
        """Whether a rule names the guest's address, which is given or has to be learned."""
        return any(value == ADDRESS for rule in self._all for _, value in rule.match)

    @property
    def _all(self) -> Iterator[Rule]:
        for step in self.steps:
            yield from step.rules if isinstance(step, Chain) else (step,)


def flatten(name: str, load: Callable[[str], str]) -> Rules:
    """Return the rules of a filter and of all that it refers to; `load` returns a filter's XML."""
    found: dict[str, list[tuple[int, tuple[Rule, ...]]]] = {}
    _collect(name, load, found, seen=set())
    root = [rule for _, rules in found.pop("root", []) for rule in rules]
    chains = [_chain(chain, parts) for chain, parts in found.items()]
    return Rules(steps=tuple(sorted((*chains, *root), key=lambda step: step.priority)))


def _collect(
    name: str,
    load: Callable[[str], str],
    found: dict[str, list[tuple[int, tuple[Rule, ...]]]],
    *,
    seen: set[str],
) -> None:
    if name in seen:
        return
    seen.add(name)
    tree = ET.fromstring(load(name))  # noqa: S314  libvirt's own
    chain = tree.get("chain", "root")
    default = CHAIN_PRIORITIES.get(chain.partition("-")[0], 0)
    rules = tuple(_rule(rule) for rule in tree.iterfind("rule") if rule.get("direction") != "in")
    found.setdefault(chain, []).append((int(tree.get("priority", default)), rules))
    for reference in tree.iterfind("filterref"):
        _collect(reference.get("filter", ""), load, found, seen=seen)


def _chain(name: str, parts: list[tuple[int, tuple[Rule, ...]]]) -> Chain:
    rules = sorted((rule for _, rules in parts for rule in rules), key=lambda rule: rule.priority)
    return Chain(name=name, priority=min(priority for priority, _ in parts), rules=tuple(rules))


def _rule(element: ET.Element) -> Rule:
    layer = next(iter(element), None)
    attributes = {} if layer is None else layer.attrib
    return Rule(
        action=Action(element.get("action", "drop")),
        priority=int(element.get("priority", RULE_PRIORITY)),
        layer=None if layer is None else layer.tag,
        match=tuple((key, value) for key, value in sorted(attributes.items()) if key != "match"),
        inverted=attributes.get("match") == "no",
    )
