"""The switch-group port, kept with vCenter or an ESXi host."""

import gc
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

from pyVmomi import vim

from vipprov.guest.errors import MissingError
from vipprov.hv import switchrecord
from vipprov.hv.switchgroup import HostCheck, OwnPolicy, Record, SwitchGroup
from vipprov.hv.vsphere import collect, plugged, portread, portwrite, records, rewire
from vipprov.hv.vsphere.portread import Switch
from vipprov.hv.vsphere.records import Attributes
from vipprov.hv.vsphere.session import Session

REVERSE_PATH_CHECK = "Net.ReversePathFwdCheckPromisc"


class VspherePortGroups:
    """The port groups under the datacenter of the address, or of all datacenters."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._switches: Mapping[str, Switch] | None = None

    def all(self) -> tuple[SwitchGroup, ...]:
        with _no_garbage():
            return self._all()

    def _all(self) -> tuple[SwitchGroup, ...]:
        groups = (*portread.distributed(self._session), *portread.standard(self._session))
        found = plugged.with_machines(self._session, groups)
        return tuple(sorted(found, key=lambda group: (group.name, group.host or "", group.key)))

    def read(self, group: SwitchGroup) -> SwitchGroup:
        return replace(self._read(group), machines=group.machines)

    def host_checks(self) -> tuple[HostCheck, ...]:
        paths = ("name", "configManager.advancedOption")
        hosts = collect.everything(self._session, vim.HostSystem, paths)
        checks = (
            HostCheck(host=host.name, reverse_path_check=self._reverse_path_check(host))
            for host in hosts
        )
        return tuple(sorted(checks, key=lambda check: check.host))

    def write(self, group: SwitchGroup, own: OwnPolicy) -> None:
        if group.host is None:
            portwrite.distributed(self._session, self._holder(group), group, own)
        else:
            portwrite.standard(self._session, self._holder(group), group, own)

    def remember(self, group: SwitchGroup, record: Record | None) -> None:
        text = "" if record is None else switchrecord.dump(record)
        name = records.NAME if group.host is None else records.host_attribute(group.name)
        records.keep(self._session, self._holder(group), name, text)

    def clone(self, source: SwitchGroup, name: str) -> None:
        if source.host is None:
            rewire.clone_distributed(self._session, self._holder(source), source, name)
        else:
            rewire.clone_standard(self._session, self._holder(source), source, name)

    def move(self, machine: str, source: SwitchGroup, target: SwitchGroup) -> None:
        rewire.move(self._session, machine, source, target)

    def remove(self, group: SwitchGroup) -> None:
        if group.host is None:
            rewire.remove_distributed(self._session, self._holder(group), group)
        else:
            rewire.remove_standard(self._session, self._holder(group), group)

    def _read(self, group: SwitchGroup) -> SwitchGroup:
        holder, attributes = self._holder(group), Attributes.of(self._session)
        if group.host is None:
            paths = portread.distributed_paths(self._session)
            kind = vim.dvs.DistributedVirtualPortgroup
            (found,) = collect.these(self._session, kind, [holder], paths)
            return portread.distributed_group(found, self._known_switches(), attributes)
        (found,) = collect.these(self._session, vim.HostSystem, [holder], portread.HOST)
        for now in portread.groups_of_host(found, attributes):
            if now.name == group.name:
                return now
        raise MissingError(f"There is no port group {group.title} any more.")

    def _known_switches(self) -> Mapping[str, Switch]:
        """Return the switches as they were when first asked for: they hardly change."""
        if self._switches is None:
            self._switches = portread.switches(self._session)
        return self._switches

    def _holder(self, group: SwitchGroup) -> Any:  # noqa: ANN401  an object of the SDK stays here
        """Return the port group itself, or the host that a standard one belongs to."""
        kind = vim.dvs.DistributedVirtualPortgroup if group.host is None else vim.HostSystem
        return self._session.reference(kind, group.key.partition("/")[0])

    def _reverse_path_check(self, host: collect.Read) -> bool | None:
        manager = host["configManager.advancedOption"]
        if manager is None:
            return None
        doing = f"read {REVERSE_PATH_CHECK} of {host.name}"
        try:
            options = self._session.call(doing, lambda: manager.QueryOptions(REVERSE_PATH_CHECK))
        except MissingError:  # a host that does not know the option
            return None
        return next((bool(int(option.value)) for option in options), None)


@contextmanager
def _no_garbage() -> Iterator[None]:
    """Look for no garbage in the block: thousands of values are made, and all of them stay.

    Python would go through them again and again: a sixth of what an audit costs.
    """
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()
