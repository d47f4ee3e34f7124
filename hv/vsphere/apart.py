"""Anti-affinity: the guests of a pair on different hosts, as far as DRS can see to it.

A cluster has one rule for each pair. A rule is no promise: DRS may be off, or hosts too few.
"""

from collections.abc import Collection
from typing import Any

from pyVmomi import vim

from vipprov.hv.vsphere import collect, tasks
from vipprov.hv.vsphere.session import Session

_Rules = vim.cluster.RuleSpec
_Add, _Edit, _Remove = (
    vim.option.ArrayUpdateSpec.Operation.add,
    vim.option.ArrayUpdateSpec.Operation.edit,
    vim.option.ArrayUpdateSpec.Operation.remove,
)


def name(pair: str) -> str:
    """Return what the rule of a pair is called."""
    return f"vipprov-{pair}"


def is_kept(session: Session, pair: str, machines: Collection[Any], *, of: int) -> bool:
    """Say whether the rule is there, on, and for these machines; true without a cluster.

    `of` is how many there are to be: what is not there yet may come to be on any cluster.
    """
    if len(machines) < of:
        return not _all(session)
    clusters = _clusters(session, machines)
    return all(_is_right(_rule(cluster, pair), machines) for cluster in clusters)


def keep(session: Session, pair: str, machines: Collection[Any]) -> None:
    """Bring the rule to these machines; with fewer than two of them there is none."""
    keeps = len(machines) > 1
    clusters = _clusters(session, machines) if keeps else ()
    for cluster in clusters:
        found = _rule(cluster, pair)
        if not _is_right(found, machines):
            rule = vim.cluster.AntiAffinityRuleSpec(
                key=None if found is None else found.key,
                name=name(pair),
                enabled=True,
                userCreated=True,
                vm=list(machines),
            )
            operation = _Add if found is None else _Edit
            _change(session, cluster, pair, _Rules(operation=operation, info=rule))
    kept = {cluster.key for cluster in clusters}
    for cluster in _all(session):
        found = _rule(cluster, pair)
        if found is not None and cluster.key not in kept:
            _change(session, cluster, pair, _Rules(operation=_Remove, removeKey=found.key))


def _clusters(session: Session, machines: Collection[Any]) -> tuple[collect.Read, ...]:
    """Return the cluster that two or more of these machines are on; lone hosts have no rules."""
    found = collect.these(session, vim.VirtualMachine, machines, ["runtime.host"])
    hosts = [one["runtime.host"] for one in found]
    return tuple(
        cluster
        for cluster in _all(session)
        if sum(host in (cluster["host"] or ()) for host in hosts) > 1
    )


def _all(session: Session) -> tuple[collect.Read, ...]:
    if not session.is_vcenter:
        return ()
    paths = ("host", "configurationEx")
    return collect.everything(session, vim.ClusterComputeResource, paths)


def _rule(cluster: collect.Read, pair: str) -> Any | None:  # noqa: ANN401  the SDK's own type
    config = cluster["configurationEx"]
    rules = () if config is None else config.rule or ()
    return next((rule for rule in rules if rule.name == name(pair)), None)


def _is_right(rule: Any | None, machines: Collection[Any]) -> bool:  # noqa: ANN401
    kind = vim.cluster.AntiAffinityRuleSpec
    return isinstance(rule, kind) and bool(rule.enabled) and set(rule.vm or ()) == set(machines)


def _change(session: Session, cluster: collect.Read, pair: str, rule: Any) -> None:  # noqa: ANN401
    spec = vim.cluster.ConfigSpecEx(rulesSpec=[rule])
    tasks.run(
        session,
        f"change the rule that keeps {pair} on different hosts",
        lambda: cluster.reference.ReconfigureComputeResource_Task(spec, True),  # noqa: FBT003
    )
