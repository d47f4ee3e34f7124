"""The switch-group port: port groups of virtual switches, whose policy serves every NIC on them.

It stands beside `vipprov.hv.portgroup`, which speaks of single ports: there a filter lets out some
MACs, here a policy opens the port group for all of them. What both have in common is the three
words of the vSwitch model.

Promises of every adapter: what is read is a value of one moment; `write` changes the policy alone,
and nothing if the port group is not what was read; a clone is what its source is but for the name;
no type of an SDK is seen here.
"""

from dataclasses import dataclass
from enum import Enum
from typing import Protocol

from vipprov.guest.errors import HypervisorError
from vipprov.guest.pair import Setting


class StaleError(HypervisorError):
    """Somebody changed the port group after it was read."""


class ForbiddenError(HypervisorError):
    """Whoever asked for it lacks a privilege, so nothing was done."""


class GroupKind(Enum):
    """What sort of port group this is; only the first two take a policy from us."""

    STANDARD = "standard"
    DISTRIBUTED = "distributed"
    UPLINK = "uplink"
    NSX = "nsx"


class LimitPolicy(Enum):
    """What a port does with frames of one more MAC than it may learn.

    The words are those of VMware's API reference; its own tools write them in capitals.
    """

    ALLOW = "allow"
    DROP = "drop"


@dataclass(frozen=True, slots=True, kw_only=True)
class Learning:
    """MAC learning as the port group has it; of what is inherited nothing else is said."""

    inherited: bool
    enabled: bool | None = None
    unicast_flooding: bool | None = None
    limit: int | None = None
    limit_policy: LimitPolicy | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnPolicy:
    """What the port group says itself. None: inherited from the switch, or not said.

    `inherited` is the policy as a whole, where the switch knows such a thing; `learning` is None
    where it knows no MAC learning.
    """

    promiscuous: Setting | None = None
    mac_changes: Setting | None = None
    forged_transmits: Setting | None = None
    inherited: bool = False
    learning: Learning | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Effective:
    """What comes out of the port group and of what it inherits; None is unknown."""

    promiscuous: Setting | None = None
    mac_changes: Setting | None = None
    forged_transmits: Setting | None = None
    learning: bool | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """What the policy was before we opened it, what we made of it, and for whom.

    `source` is the key of the port group that this one was cloned from, if vipprov made it.
    """

    before: OwnPolicy
    opened: OwnPolicy
    reason: str = ""
    source: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Plugged:
    """A machine with a NIC on the port group.

    `foreign_macs` were seen in its guest, and are the MACs of none of its NICs; `pair` is the pair
    of vipprov's that it is a member of.
    """

    name: str
    is_on: bool
    foreign_macs: tuple[str, ...] = ()
    pair: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class SwitchGroup:
    """One port group: of a distributed switch, or of a standard switch of one host.

    `key` names it for good; `version` is what the switch checks a change against, if it does.
    `older` is what the older of two policy objects says, where there are two: they may disagree.
    """

    key: str
    name: str
    kind: GroupKind
    switch: str
    host: str | None
    own: OwnPolicy
    effective: Effective
    older: Effective | None = None
    version: str | None = None
    can_learn: bool = False
    overridable: bool | None = None
    resets: bool | None = None
    machines: tuple[Plugged, ...] = ()
    record: Record | None = None

    @property
    def pairs(self) -> tuple[str, ...]:
        """The pairs of vipprov's that have a member on it."""
        return tuple(sorted({machine.pair for machine in self.machines if machine.pair}))

    @property
    def title(self) -> str:
        """The name, and the host where the name alone may stand for many port groups."""
        return self.name if self.host is None else f"{self.name} on {self.host}"


@dataclass(frozen=True, slots=True, kw_only=True)
class HostCheck:
    """Whether a host drops its own promiscuous frames that come back by a teamed uplink."""

    host: str
    reverse_path_check: bool | None


class SwitchGroups(Protocol):
    """Reads and writes the policies of port groups, and keeps what they were."""

    def all(self) -> tuple[SwitchGroup, ...]:
        """Return every port group with its machines, sorted by name and host, read in bulk."""
        ...

    def read(self, group: SwitchGroup) -> SwitchGroup:
        """Return the port group as it is now, MissingError if it has gone.

        Which machines are on it is not read again.
        """
        ...

    def host_checks(self) -> tuple[HostCheck, ...]:
        """Return every host, sorted by name."""
        ...

    def write(self, group: SwitchGroup, own: OwnPolicy) -> None:
        """Give the port group this policy; StaleError if it is not what was read any more."""
        ...

    def remember(self, group: SwitchGroup, record: Record | None) -> None:
        """Keep the record where another run finds it, or forget it."""
        ...

    def clone(self, source: SwitchGroup, name: str) -> None:
        """Make a port group beside this one, with its VLAN, its teaming and its policy."""
        ...

    def move(self, machine: str, source: SwitchGroup, target: SwitchGroup) -> None:
        """Plug what the machine has on one port group into the other, if it has anything there."""
        ...

    def remove(self, group: SwitchGroup) -> None:
        """Remove a port group that no machine is on."""
        ...
