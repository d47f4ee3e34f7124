"""Records of port groups on a host without vCenter: on the machines of the pairs they serve."""

from dataclasses import replace
from typing import Any

from pyVmomi import vim

from vipprov.guest.errors import MissingError, SpecError
from vipprov.hv import switchrecord
from vipprov.hv.switchgroup import HostCheck, OwnPolicy, Record, SwitchGroup
from vipprov.hv.vsphere import collect, extra, machineread, networks, power
from vipprov.hv.vsphere.portgroup import VspherePortGroups
from vipprov.hv.vsphere.session import Session

_PATHS = ("name", "config.extraConfig", "config.hardware.device")


class RecordsOnMachines:
    """Port groups whose records every machine of a pair keeps that is on them."""

    def __init__(self, session: Session, groups: VspherePortGroups) -> None:
        self._session = session
        self._groups = groups

    def all(self) -> tuple[SwitchGroup, ...]:
        holders = self._holders()
        return tuple(_with_record(group, holders) for group in self._groups.all())

    def read(self, group: SwitchGroup) -> SwitchGroup:
        return _with_record(self._groups.read(group), self._holders())

    def host_checks(self) -> tuple[HostCheck, ...]:
        return self._groups.host_checks()

    def write(self, group: SwitchGroup, own: OwnPolicy) -> None:
        self._groups.write(group, own)

    def remember(self, group: SwitchGroup, record: Record | None) -> None:
        text = "" if record is None else switchrecord.dump(record)
        key = f"{extra.POLICY}{group.name}"
        on = [one for one in self._holders() if group.name in _groups(one)]
        if not on and record is not None:
            raise SpecError(
                "A standalone ESXi host has no place for what its port groups were.",
                hint="Name a file of yours that keeps it: `portgroup permit … --record FILE`.",
            )
        for one in on:
            if extra.values(one["config.extraConfig"]).get(key, "") != text:
                self._write(one.reference, str(one["name"]), {key: text})

    def clone(self, source: SwitchGroup, name: str) -> None:
        self._groups.clone(source, name)

    def move(self, machine: str, source: SwitchGroup, target: SwitchGroup) -> None:
        self._groups.move(machine, source, target)

    def remove(self, group: SwitchGroup) -> None:
        self._groups.remove(group)

    def _write(self, machine: Any, name: str, values: dict[str, str]) -> None:  # noqa: ANN401
        change = vim.vm.ConfigSpec(extraConfig=extra.options(values))
        power.reconfigure(self._session, machine, f"keep on {name} what its port group was", change)

    def _holders(self) -> tuple[collect.Read, ...]:
        """Return the machines of pairs."""
        try:
            every = collect.everything(self._session, vim.VirtualMachine, _PATHS)
        except MissingError:  # one was removed meanwhile
            every = collect.everything(self._session, vim.VirtualMachine, _PATHS)
        return tuple(
            one for one in every if extra.values(one["config.extraConfig"]).get(extra.MARK)
        )


def _groups(one: collect.Read) -> set[str]:
    cards = machineread.cards(one["config.hardware.device"])
    return {networks.plugged(card, {}) for card in cards}


def _with_record(group: SwitchGroup, holders: tuple[collect.Read, ...]) -> SwitchGroup:
    key = f"{extra.POLICY}{group.name}"
    texts = (extra.values(one["config.extraConfig"]).get(key, "") for one in holders)
    text = next(filter(None, texts), "")
    return replace(group, record=switchrecord.load(text) if text else None)
