"""The policy objects of vSphere as values, and back.

There are three. Standard: `HostNetworkSecurityPolicy`, where an unset field is inherited.
Distributed: `securityPolicy`, whose fields are each inherited or not, and from VDS 6.6.0 on
`macManagementPolicy`, which is inherited as a whole and holds MAC learning. Any of them may be
missing, or half there.
"""

from typing import Any

from pyVmomi import vim

from vipprov.guest.pair import Setting
from vipprov.hv.switchgroup import Effective, Learning, LimitPolicy, OwnPolicy

_Vmware = vim.dvs.VmwareDistributedVirtualSwitch


def from_standard(own: Any, computed: Any) -> tuple[OwnPolicy, Effective]:  # noqa: ANN401
    """Return the policy of a port group of a standard switch, own and in effect."""
    promiscuous, mac_changes, forged_transmits = (_setting(flag) for flag in _flags(own))
    said = OwnPolicy(
        promiscuous=promiscuous, mac_changes=mac_changes, forged_transmits=forged_transmits
    )
    promiscuous, mac_changes, forged_transmits = (_setting(flag) for flag in _flags(computed))
    effect = Effective(
        promiscuous=promiscuous or said.promiscuous,
        mac_changes=mac_changes or said.mac_changes,
        forged_transmits=forged_transmits or said.forged_transmits,
        learning=False,
    )
    return said, effect


def from_security(policy: Any) -> tuple[OwnPolicy, Effective]:  # noqa: ANN401
    """Return what `securityPolicy` says."""
    flags = _flags(policy)
    promiscuous, mac_changes, forged_transmits = (_setting(_value(flag)) for flag in flags)
    effect = Effective(
        promiscuous=promiscuous,
        mac_changes=mac_changes,
        forged_transmits=forged_transmits,
        learning=False,
    )
    whole = policy is None or bool(policy.inherited)
    inherited = [whole or flag is None or bool(flag.inherited) for flag in flags]
    own = OwnPolicy(
        promiscuous=None if inherited[0] else promiscuous,
        mac_changes=None if inherited[1] else mac_changes,
        forged_transmits=None if inherited[2] else forged_transmits,
        inherited=whole,
    )
    return own, effect


def from_management(policy: Any) -> tuple[OwnPolicy, Effective]:  # noqa: ANN401
    """Return what `macManagementPolicy` says."""
    promiscuous, mac_changes, forged_transmits = (_setting(flag) for flag in _flags(policy))
    found = None if policy is None else policy.macLearningPolicy
    effect = Effective(
        promiscuous=promiscuous,
        mac_changes=mac_changes,
        forged_transmits=forged_transmits,
        learning=None if found is None else bool(found.enabled),
    )
    if policy is None or policy.inherited:
        return OwnPolicy(inherited=True, learning=Learning(inherited=True)), effect
    own = OwnPolicy(
        promiscuous=promiscuous,
        mac_changes=mac_changes,
        forged_transmits=forged_transmits,
        learning=_learning(found),
    )
    return own, effect


def to_standard(own: OwnPolicy) -> Any:  # noqa: ANN401
    """Return the policy for a port group of a standard switch."""
    return vim.host.NetworkPolicy.SecurityPolicy(
        allowPromiscuous=_flag(own.promiscuous),
        macChanges=_flag(own.mac_changes),
        forgedTransmits=_flag(own.forged_transmits),
    )


def to_security(own: OwnPolicy) -> Any:  # noqa: ANN401
    """Return the `securityPolicy`."""
    return _Vmware.SecurityPolicy(
        inherited=own.inherited,
        allowPromiscuous=_bool_policy(own.promiscuous),
        macChanges=_bool_policy(own.mac_changes),
        forgedTransmits=_bool_policy(own.forged_transmits),
    )


def to_management(own: OwnPolicy) -> Any:  # noqa: ANN401
    """Return the `macManagementPolicy`."""
    return _Vmware.MacManagementPolicy(
        inherited=own.inherited,
        allowPromiscuous=_flag(own.promiscuous),
        macChanges=_flag(own.mac_changes),
        forgedTransmits=_flag(own.forged_transmits),
        macLearningPolicy=None if own.learning is None else _mac_learning(own.learning),
    )


def _flags(policy: Any) -> tuple[Any, Any, Any]:  # noqa: ANN401
    if policy is None:
        return None, None, None
    return policy.allowPromiscuous, policy.macChanges, policy.forgedTransmits


def _value(policy: Any) -> bool | None:  # noqa: ANN401
    return None if policy is None else policy.value


def _setting(flag: bool | None) -> Setting | None:  # noqa: FBT001  that is what vSphere has
    if flag is None:
        return None
    return Setting.ACCEPT if flag else Setting.REJECT


def _flag(setting: Setting | None) -> bool | None:
    return None if setting is None else setting is Setting.ACCEPT


def _bool_policy(setting: Setting | None) -> Any:  # noqa: ANN401
    return vim.BoolPolicy(inherited=setting is None, value=_flag(setting))


def _learning(policy: Any) -> Learning:  # noqa: ANN401
    if policy is None or policy.inherited:
        return Learning(inherited=True)
    return Learning(
        inherited=False,
        enabled=bool(policy.enabled),
        unicast_flooding=policy.allowUnicastFlooding,
        limit=policy.limit,
        limit_policy=_limit_policy(policy.limitPolicy or ""),
    )


def _limit_policy(text: str) -> LimitPolicy | None:
    return next((one for one in LimitPolicy if one.value == text.lower()), None)


def _mac_learning(learning: Learning) -> Any:  # noqa: ANN401
    return _Vmware.MacLearningPolicy(
        inherited=learning.inherited,
        enabled=bool(learning.enabled),
        allowUnicastFlooding=learning.unicast_flooding,
        limit=learning.limit,
        limitPolicy=None if learning.limit_policy is None else learning.limit_policy.value,
    )
