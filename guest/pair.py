"""A pair of machines that share virtual addresses: the pair file as values, all defaults filled in.

`vipprov.guest.pairfile` makes these values from a file and refuses what cannot work, so whoever
holds a Pair may rely on it: one vIP family per guest family, unique addresses, names and MACs.
"""

from dataclasses import dataclass
from datetime import timedelta
from enum import Enum
from ipaddress import IPv4Address, IPv4Interface, IPv6Address, IPv6Interface
from pathlib import Path

from vipprov.guest.errors import SpecError
from vipprov.guest.placement import NEAR_THE_TEMPLATE, Placement

Address = IPv4Address | IPv6Address
Interface = IPv4Interface | IPv6Interface


class Setting(Enum):
    """What a port does with one kind of frame that the vSwitch model calls unsafe."""

    ACCEPT = "accept"
    REJECT = "reject"


class PolicyMode(Enum):
    """How far the hypervisor port is opened for the virtual MAC."""

    LEAST = "least"
    ARTICLE = "article"
    UNCHANGED = "unchanged"


@dataclass(frozen=True, slots=True, kw_only=True)
class CustomPolicy:
    """Each of the three settings by name; None leaves one as it is."""

    promiscuous: Setting | None = None
    mac_changes: Setting | None = None
    forged_transmits: Setting | None = None


Policy = PolicyMode | CustomPolicy


class Promisc(Enum):
    """Whether the NIC under the virtual MAC is put into promiscuous mode by us."""

    AUTO = "auto"
    ON = "on"
    OFF = "off"


class SecretKind(Enum):
    """Where a secret is kept."""

    ENV = "env"
    FILE = "file"


@dataclass(frozen=True, slots=True, kw_only=True)
class SecretRef:
    """A reference to a secret: never the secret."""

    kind: SecretKind
    target: str

    def __str__(self) -> str:
        return f"{self.kind.value}:{self.target}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Size:
    """CPUs, and bytes of memory and disk."""

    cpus: int
    memory: int
    disk: int


@dataclass(frozen=True, slots=True, kw_only=True)
class TrackScript:
    """A command whose failure takes the vIP away from a guest."""

    name: str
    command: tuple[str, ...]
    interval: timedelta
    fall: int
    rise: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Vip:
    """The virtual addresses, and how their members speak VRRP with one another."""

    addresses: tuple[Interface, ...]
    virtual_router_id: int
    vrrp_version: int
    advert_interval: timedelta
    vmac: bool
    preempt: bool
    garp_refresh: timedelta
    track: tuple[TrackScript, ...]
    keepalived_extra: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Management:
    """A NIC of its own for ssh, apart from the network of the vIP. No address means DHCP."""

    port_group: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Guest:
    """One member of the pair."""

    name: str
    addresses: tuple[Interface, ...]
    port_group: str
    mac: str
    priority: int
    filter: str | None = None
    placement: Placement = NEAR_THE_TEMPLATE
    management_mac: str | None = None
    management_addresses: tuple[Interface, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class MoveBudget:
    """How many MAC moves the fabric takes within a window before it calls a MAC duplicate."""

    profile: str
    moves: int
    window: timedelta


@dataclass(frozen=True, slots=True, kw_only=True)
class Pair:
    """Two or more guests that share virtual addresses, and the hypervisor that they live on.

    `observers` are addresses that a proof may use for a moment; none of a family: any free one.
    """

    name: str
    hypervisor: str
    image: str
    size: Size
    interface: str
    policy: Policy
    vip: Vip
    guests: tuple[Guest, ...]
    promisc: Promisc
    sysctl: tuple[tuple[str, str], ...]
    gateways: tuple[Address, ...]
    dns: tuple[Address, ...]
    ssh_keys: tuple[str | SecretRef, ...]
    password: SecretRef | None
    cloud_config: Path | None
    packages_update: bool
    management: Management | None
    fabric: MoveBudget
    observers: tuple[Address, ...]
    timeout: timedelta

    def __post_init__(self) -> None:
        if len(self.guests) < 2:  # noqa: PLR2004  the least that can fail over
            raise SpecError(f"{self.name}: a pair needs at least two guests.")

    @property
    def management_interface(self) -> str:
        """The name that the management NIC has in every guest, where there is one."""
        return "eth1" if self.interface != "eth1" else "eth0"

    def guest(self, name: str) -> Guest:
        """Return the guest of this name."""
        (found,) = (guest for guest in self.guests if guest.name == name)
        return found
