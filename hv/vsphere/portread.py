"""Port groups and their records, read in a handful of calls, as values."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from pyVmomi import vim

from vipprov.hv import switchrecord
from vipprov.hv.switchgroup import Effective, GroupKind, OwnPolicy, Record, SwitchGroup
from vipprov.hv.vsphere import apiversion, collect, policy
from vipprov.hv.vsphere.collect import Read
from vipprov.hv.vsphere.records import Attributes
from vipprov.hv.vsphere.session import Session

LEARNS_FROM = (6, 6, 0)

_SECURITY = "config.defaultPortConfig.securityPolicy"
_MANAGEMENT = "config.defaultPortConfig.macManagementPolicy"
_OVERRIDABLE = "config.policy.securityPolicyOverrideAllowed"
_RESETS = "config.policy.portConfigResetAtDisconnect"
_SWITCH = "config.distributedVirtualSwitch"
_DISTRIBUTED = (
    "name",
    "config.configVersion",
    "config.uplink",
    "config.backingType",
    _SWITCH,
    _SECURITY,
    _OVERRIDABLE,
    _RESETS,
    "customValue",
)
HOST = ("name", "config.network.portgroup", "customValue")


@dataclass(frozen=True, slots=True, kw_only=True)
class Switch:
    """A distributed switch: its name, and whether its ports learn MACs."""

    name: str
    can_learn: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Policies:
    """How the two policy objects are read; many port groups share theirs."""

    security: Callable[[Any], tuple[OwnPolicy, Effective]] = policy.from_security
    management: Callable[[Any], tuple[OwnPolicy, Effective]] = policy.from_management


ONE_BY_ONE = Policies()


def distributed_paths(session: Session) -> tuple[str, ...]:
    """Return what is read of a distributed port group; no more than the API version knows."""
    return (*_DISTRIBUTED, _MANAGEMENT) if session.has_mac_management else _DISTRIBUTED


def distributed(session: Session) -> tuple[SwitchGroup, ...]:
    """Return the port groups of all distributed switches, without their machines."""
    kind, paths = vim.dvs.DistributedVirtualPortgroup, distributed_paths(session)
    found = collect.very_many(session, kind, paths)
    known, attributes = switches(session), Attributes.of(session)
    policies = Policies(
        security=cache(policy.from_security), management=cache(policy.from_management)
    )
    return tuple(distributed_group(one, known, attributes, policies) for one in found)


def switches(session: Session) -> Mapping[str, Switch]:
    """Return the distributed switches by key."""
    paths = ("name", "summary.productInfo.version")
    found = collect.everything(session, vim.DistributedVirtualSwitch, paths)
    return {
        one.key: Switch(
            name=one.name,
            can_learn=session.has_mac_management
            and apiversion.numbers(one["summary.productInfo.version"] or "") >= LEARNS_FROM,
        )
        for one in found
    }


def distributed_group(
    one: Read,
    switches: Mapping[str, Switch],
    attributes: Attributes,
    policies: Policies = ONE_BY_ONE,
) -> SwitchGroup:
    """Return one port group of a distributed switch."""
    reference = one[_SWITCH]
    nameless = Switch(name="", can_learn=False)
    switch = nameless if reference is None else switches.get(reference._moId, nameless)  # noqa: SLF001
    own, effective = older_own, older = policies.security(one[_SECURITY])
    if switch.can_learn:
        own, effective = policies.management(one[_MANAGEMENT])
        effective = _completed(effective, older)
    return SwitchGroup(
        key=one.key,
        name=one.name,
        kind=_kind(one),
        switch=switch.name,
        host=None,
        own=own,
        effective=effective,
        older=older if switch.can_learn and older_own is not own else None,
        version=one["config.configVersion"],
        can_learn=switch.can_learn,
        overridable=one[_OVERRIDABLE],
        resets=one[_RESETS],
        record=_loaded(attributes.of_group(one["customValue"])),
    )


def standard(session: Session) -> tuple[SwitchGroup, ...]:
    """Return the port groups of the standard switches of all hosts, without their machines."""
    attributes = Attributes.of(session)
    hosts = collect.everything(session, vim.HostSystem, HOST)
    return tuple(group for host in hosts for group in groups_of_host(host, attributes))


def groups_of_host(host: Read, attributes: Attributes) -> Iterable[SwitchGroup]:
    """Return the port groups of one host; a host that is not connected shows none."""
    for one in host["config.network.portgroup"] or ():
        spec, computed = one.spec, one.computedPolicy
        own, effective = policy.from_standard(
            spec.policy and spec.policy.security, computed and computed.security
        )
        yield SwitchGroup(
            key=f"{host.key}/{spec.name}",
            name=spec.name,
            kind=GroupKind.STANDARD,
            switch=spec.vswitchName,
            host=host.name,
            own=own,
            effective=effective,
            record=_loaded(attributes.on_host(host["customValue"], spec.name)),
        )


def _kind(one: Read) -> GroupKind:
    if one["config.uplink"]:
        return GroupKind.UPLINK
    return GroupKind.NSX if one["config.backingType"] == "nsx" else GroupKind.DISTRIBUTED


def _completed(effective: Effective, older: Effective) -> Effective:
    """Return what is in effect; where the newer object does not say, the older one does."""
    return Effective(
        promiscuous=effective.promiscuous or older.promiscuous,
        mac_changes=effective.mac_changes or older.mac_changes,
        forged_transmits=effective.forged_transmits or older.forged_transmits,
        learning=effective.learning,
    )


def _loaded(text: str) -> Record | None:
    return switchrecord.load(text) if text else None
