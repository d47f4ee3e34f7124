"""Port groups of virtual switches in memory, held to the same contract as the real ones."""

from collections.abc import Callable, Iterable
from dataclasses import replace

from vipprov.guest.errors import MissingError
from vipprov.guest.pair import Setting
from vipprov.hv.switchgroup import (
    Effective,
    HostCheck,
    OwnPolicy,
    Record,
    StaleError,
    SwitchGroup,
)

_NOTHING: Callable[[], None] = lambda: None  # noqa: E731  a value, and no function with a name


class FakeSwitchGroups:
    """Port groups in a dict; a switch that they inherit from rejects everything.

    `before_write` is what somebody else does right before each write.
    """

    def __init__(self, groups: Iterable[SwitchGroup], hosts: Iterable[HostCheck] = ()) -> None:
        self.groups = {group.key: group for group in groups}
        self.hosts = tuple(hosts)
        self.before_write = _NOTHING
        self.log: list[str] = []

    def all(self) -> tuple[SwitchGroup, ...]:
        return tuple(
            sorted(self.groups.values(), key=lambda one: (one.name, one.host or "", one.key))
        )

    def read(self, group: SwitchGroup) -> SwitchGroup:
        if (found := self.groups.get(group.key)) is None:
            raise MissingError(f"There is no port group {group.title} any more.")
        return replace(found, machines=group.machines)

    def host_checks(self) -> tuple[HostCheck, ...]:
        return self.hosts

    def write(self, group: SwitchGroup, own: OwnPolicy) -> None:
        self.before_write()
        now = self.read(group)
        if (now.version, now.own) != (group.version, group.own):
            raise StaleError(f"{group.title} has just changed.")
        self.log.append(f"write {group.key}")
        self.change(group.key, own)

    def remember(self, group: SwitchGroup, record: Record | None) -> None:
        self.log.append(f"{'forget' if record is None else 'remember'} {group.key}")
        self.groups[group.key] = replace(self.groups[group.key], record=record)

    def change(self, key: str, own: OwnPolicy) -> None:
        """Set the policy, whoever does it."""
        now = self.groups[key]
        version = None if now.version is None else str(int(now.version) + 1)
        self.groups[key] = replace(now, own=own, effective=_effective(own), version=version)


def _effective(own: OwnPolicy) -> Effective:
    learning = own.learning
    return Effective(
        promiscuous=own.promiscuous or Setting.REJECT,
        mac_changes=own.mac_changes or Setting.REJECT,
        forged_transmits=own.forged_transmits or Setting.REJECT,
        learning=learning is not None and learning.enabled is True,
    )
