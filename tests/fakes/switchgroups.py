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
        if record is None and group.key not in self.groups:  # its host forgets it all the same
            return
        self.groups[group.key] = replace(self.groups[group.key], record=record)

    def clone(self, source: SwitchGroup, name: str) -> None:
        now = self.groups[source.key]
        key = f"{now.host}/{name}" if now.host else f"dvportgroup-{name}"
        assert key not in self.groups
        self.log.append(f"clone {key}")
        self.groups[key] = replace(now, key=key, name=name, machines=(), record=None)

    def move(self, machine: str, source: SwitchGroup, target: SwitchGroup) -> None:
        here, there = self.groups[source.key], self.groups[target.key]
        moving = tuple(one for one in here.machines if one.name == machine)
        if not moving:
            return
        self.log.append(f"move {machine} {target.key}")
        kept = tuple(one for one in here.machines if one.name != machine)
        self.groups[source.key] = replace(here, machines=kept)
        self.groups[target.key] = replace(there, machines=(*there.machines, *moving))

    def remove(self, group: SwitchGroup) -> None:
        assert not self.groups[group.key].machines
        self.log.append(f"remove {group.key}")
        del self.groups[group.key]

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
