"""The port-group port: what the pipelines ask of any hypervisor about the ports of NICs.

Promises of every adapter: each verb may be repeated; what `permit` and `apply` change is remembered
on the machine itself before it is changed, so that `restore` works from another run and after a
kill; configuration and what is in force are read apart, for they can differ; no type of an SDK is
seen here.
"""

from dataclasses import dataclass
from enum import Enum
from typing import Protocol as Interface

from vipprov.guest.check import Verdict
from vipprov.guest.pair import CustomPolicy, Setting


class Kind(Enum):
    """What a NIC is plugged into."""

    BRIDGE = "bridge"
    NETWORK = "network"
    DIRECT = "macvtap"
    OTHER = "other"


class Protocol(Enum):
    """What a filter tells apart in the traffic of a virtual IP."""

    ARP = "arp"
    IPV4 = "ipv4"
    IPV6 = "ipv6"


@dataclass(frozen=True, slots=True, kw_only=True)
class PortSettings:
    """The three words of the vSwitch model as they come out on this port; None is unknown.

    They speak of any MAC that is not the NIC's own; a filter may pass some MACs by name besides.
    """

    promiscuous: Setting | None
    mac_changes: Setting | None
    forged_transmits: Setting | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Filter:
    """A packet filter by name, with the values that are handed to it."""

    name: str
    parameters: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class PortState:
    """All of a port that a virtual MAC depends on. None means that this side does not say.

    `pinned`: the bridge was told by hand where the NIC's own MAC is, and need not learn it.
    """

    filter: Filter | None = None
    learning: bool | None = None
    flood: bool | None = None
    isolated: bool | None = None
    pinned: bool | None = None
    trust_guest_rx_filters: bool | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Filtering:
    """What a filter does with frames that carry a virtual MAC or a virtual IP.

    `forged` speaks of source MACs that it does not name, `passes` are those that it does; `drops`
    says in which protocols a virtual IP does not get out, whatever the MAC.
    """

    forged: Setting | None = Setting.ACCEPT
    passes: frozenset[str] = frozenset()
    drops: frozenset[Protocol] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """What a port was before we opened it, and what we made of it."""

    before: PortState
    before_in_force: PortState | None
    opened: PortState
    opened_in_force: PortState | None
    macs: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Port:
    """One NIC of one machine, and the port that it is plugged into.

    `bridge` is the Linux bridge behind the port group; `device` (the host's end of the NIC) and
    `in_force` are None while the machine is off. `can_carry` says whether the port can ever carry a
    virtual MAC; `obstacles` what keeps it from doing so now, or will from the next start on.
    `pinned_macs` are the MACs beside the NIC's own that the bridge was told by hand are behind the
    port; they are looked up only where the port does not learn. `unhooked` names the filter that
    the port is bound to and that filters nothing, since the host's packet filter never gets to it;
    `in_force` is without it, and `passes` are the MACs that it would let out.
    """

    machine: str
    mac: str
    device: str | None
    port_group: str
    kind: Kind
    bridge: str | None
    configured: PortState
    in_force: PortState | None
    settings: PortSettings
    passes: frozenset[str]
    obstacles: tuple[str, ...]
    can_carry: Verdict
    reason: str = ""
    pinned_macs: frozenset[str] = frozenset()
    unhooked: str | None = None
    record: Record | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PortGroup:
    """A bridge or a network, and every port of it: machines of other tools included.

    `others` are the devices plugged into it that are no NIC of a machine: uplinks, trunks.
    """

    name: str
    kind: Kind
    bridge: str | None
    can_carry: Verdict
    reason: str = ""
    ports: tuple[Port, ...] = ()
    others: tuple[str, ...] = ()


class PortGroups(Interface):
    """Shows, opens and closes the ports of machines for virtual MACs."""

    def show(self, name: str) -> PortGroup | None:
        """Return the bridge or network of this name with its ports, or None."""
        ...

    def ports(self, machine: str) -> tuple[Port, ...]:
        """Return the ports of a machine in the order of its NICs; MissingError without one."""
        ...

    def refuse_hopeless(self, port_group: str) -> None:
        """Raise SpecError with the reason if no virtual MAC can ever work on this port group."""
        ...

    def plan(self, machine: str, nic_mac: str, macs: tuple[str, ...]) -> Record:
        """Return what `permit` would leave behind, and change nothing."""
        ...

    def permit(self, machine: str, nic_mac: str, macs: tuple[str, ...]) -> Port:
        """Open the port as little as these MACs need, besides those permitted before."""
        ...

    def apply(self, machine: str, nic_mac: str, policy: CustomPolicy) -> Port:
        """Bring the port to the three settings; None leaves one as it is."""
        ...

    def restore(self, machine: str, nic_mac: str) -> Port:
        """Give the port back as it was before `permit` or `apply`; without a record do nothing."""
        ...

    def set_filter(self, machine: str, nic_mac: str, name: str | None) -> Port:
        """Give the port of a machine of ours another filter, and remember nothing."""
        ...

    def set_learning(self, machine: str, nic_mac: str, *, is_on: bool) -> Port:
        """Let the port of a running machine of ours learn MACs or not, and remember nothing."""
        ...

    def add_filter(self, name: str, nic_mac: str, vmacs: tuple[str, ...]) -> None:
        """Define the filter that lets out the NIC's MAC and these, and nothing else."""
        ...

    def remove_filter(self, name: str) -> None:
        """Remove the filter of this name, if it is there."""
        ...
