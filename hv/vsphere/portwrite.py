"""Give a port group another policy, and touch nothing else of it."""

from typing import Any

from pyVmomi import vim

from vipprov.guest.errors import MissingError
from vipprov.hv.switchgroup import OwnPolicy, StaleError, SwitchGroup
from vipprov.hv.vsphere import collect, policy
from vipprov.hv.vsphere.faults import ours
from vipprov.hv.vsphere.session import Session

_PORT_CONFIG = vim.dvs.VmwareDistributedVirtualSwitch.VmwarePortConfigPolicy


def distributed(session: Session, reference: Any, group: SwitchGroup, own: OwnPolicy) -> None:  # noqa: ANN401
    """Change a port group of a distributed switch, unless it was changed since it was read.

    The policy object is the one that the switch goes by; vCenter keeps the other in step.
    """
    if group.can_learn:
        config = _PORT_CONFIG(macManagementPolicy=policy.to_management(own))
    else:
        config = _PORT_CONFIG(securityPolicy=policy.to_security(own))
    spec = vim.dvs.DistributedVirtualPortgroup.ConfigSpec(
        configVersion=group.version, defaultPortConfig=config
    )
    doing = f"change the policy of {group.title}"
    task = session.call(doing, lambda: reference.ReconfigureDVPortgroup_Task(spec))
    await_end(session, task, doing)


def standard(session: Session, host: Any, group: SwitchGroup, own: OwnPolicy) -> None:  # noqa: ANN401
    """Change a port group of a host's standard switch; there is no version to check against.

    So it is read again right before: what is left is the time of one call.
    """
    paths = ("configManager.networkSystem", "config.network.portgroup")
    (found,) = collect.these(session, vim.HostSystem, [host], paths)
    specs = [one.spec for one in found["config.network.portgroup"] or ()]
    spec = next((spec for spec in specs if spec.name == group.name), None)
    if spec is None:
        raise MissingError(f"There is no port group {group.title} any more.")
    now, _ = policy.from_standard(spec.policy and spec.policy.security, None)
    if now != group.own:
        raise StaleError(f"Could not change the policy of {group.title}: it has just changed.")
    spec.policy = spec.policy or vim.host.NetworkPolicy()
    spec.policy.security = policy.to_standard(own)
    system = found["configManager.networkSystem"]
    session.call(
        f"change the policy of {group.title}", lambda: system.UpdatePortGroup(group.name, spec)
    )


def await_end(session: Session, task: Any, doing: str) -> None:  # noqa: ANN401
    """Return when the task has ended well; raise our error if it has not."""

    def ended() -> collect.Read | None:
        (found,) = collect.these(session, vim.Task, [task], ("info.state", "info.error"))
        return found if found["info.state"] in {"success", "error"} else None

    found = session.patience.poll(ended, what=f"vSphere to {doing}", every=0.05)
    if found["info.state"] == "error":
        raise ours(found["info.error"], doing)
