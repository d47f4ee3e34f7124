"""The port groups of a simulator, in this process, and hands that are not ours."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from pyVmomi import vim

from vipprov.guest.deadline import Deadline, SystemClock
from vipprov.hv.switchgroup import OwnPolicy, SwitchGroup
from vipprov.hv.vsphere import access, portwrite
from vipprov.hv.vsphere.portgroup import VspherePortGroups
from vipprov.hv.vsphere.session import Session
from vsphere.simulator import Simulator


@dataclass(frozen=True, slots=True, kw_only=True)
class Reached:
    """The port groups under test, and the session that they are reached by."""

    groups: VspherePortGroups
    session: Session

    def group(self, name: str, host: str | None = None) -> SwitchGroup:
        """Return the one port group of this name."""
        found = [one for one in self.groups.all() if one.name == name and host in {None, one.host}]
        assert found, name
        return found[0]

    def reference(self, group: SwitchGroup) -> Any:  # noqa: ANN401  the SDK's own type
        """Return the port group, or the host of a standard one, as the SDK has it."""
        kind = vim.dvs.DistributedVirtualPortgroup if group.host is None else vim.HostSystem
        return self.session.reference(kind, group.key.partition("/")[0])

    def set(self, group: SwitchGroup, own: OwnPolicy) -> None:
        """Set a policy as an administrator would, by the newest version and unrecorded."""
        now = self.groups.read(group)
        write = portwrite.distributed if group.host is None else portwrite.standard
        write(self.session, self.reference(group), now, own)


@contextmanager
def reached(
    simulator: Simulator, *, datacenter: str = "", seconds: float = 60.0
) -> Iterator[Reached]:
    """Open the simulator as a command does."""
    url = f"{simulator.url}/{datacenter}"
    by = Deadline.after(seconds, clock=SystemClock())
    with Session(access.parse(url, simulator.environment), by=by) as session:
        yield Reached(groups=VspherePortGroups(session), session=session)
