"""Facts: what one command in the guest tells of it, as frozen values."""

from dataclasses import dataclass
from enum import Enum

from vipprov.guest.pair import Address, Interface


class Role(Enum):
    """What keepalived last said that an instance is."""

    MASTER = "MASTER"
    BACKUP = "BACKUP"
    FAULT = "FAULT"
    STOP = "STOP"
    DELETED = "DELETED"


class Daemon(Enum):
    """How keepalived is. FROZEN runs no more, while the kernel goes on answering for its vIP."""

    RUNNING = "running"
    FROZEN = "frozen"
    ABSENT = "not running"


class Udev(Enum):
    """Whether udev has done all that it does to sysctls when an interface appears."""

    SETTLED = "settled"
    BUSY = "busy"
    ABSENT = "not running"


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """A network interface. `kind` is empty for hardware, `mode` is that of a macvlan."""

    name: str
    kind: str
    mode: str | None
    parent: str | None
    mac: str
    up: bool
    promiscuity: int
    mtu: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Assigned:
    """An address on an interface."""

    link: str
    address: Interface


@dataclass(frozen=True, slots=True, kw_only=True)
class RoleFile:
    """What the notify script wrote for an instance; `since` is its own text for the moment."""

    instance: str
    role: Role
    since: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Configured:
    """What the file of keepalived says of an instance; a router id of None is not said."""

    instance: str
    virtual_router_id: int | None
    addresses: tuple[Interface, ...]
    peers: tuple[Address, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Software:
    """What a guest runs; `keepalived` is the version of one that is installed, or None."""

    kernel: str
    keepalived: str | None
    os_id: str
    os_like: tuple[str, ...]
    os_version: str
    daemon: Daemon


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts(Software):
    """A guest at one moment. `nft_tables` is None where the guest has no nft to ask.

    `sysctls` holds a key in the kernel's spelling, and None where the kernel has no such key.
    `configured` is None where the file of keepalived cannot be read; `vrrp_drops` are rules of
    the guest's firewall.
    """

    links: tuple[Link, ...]
    addresses: tuple[Assigned, ...]
    roles: tuple[RoleFile, ...]
    sysctls: tuple[tuple[str, str | None], ...]
    nft_tables: tuple[str, ...] | None
    vrrp_drops: tuple[str, ...]
    configured: tuple[Configured, ...] | None
    udev: Udev

    def link(self, name: str) -> Link | None:
        """Return the interface of this name, or None."""
        return next((link for link in self.links if link.name == name), None)

    def role(self, instance: str) -> Role | None:
        """Return the role that was written for this instance, or None."""
        return next((file.role for file in self.roles if file.instance == instance), None)

    def holders(self, address: Address) -> tuple[str, ...]:
        """Return the interfaces that hold this address."""
        return tuple(one.link for one in self.addresses if one.address.ip == address)

    def sysctl(self, key: str) -> str | None:
        """Return the value in force, however the key spells its separators."""
        return dict(self.sysctls).get(kernel_key(key))


def kernel_key(key: str) -> str:
    """Return the path under /proc/sys that sysctl(8) means by this key.

    The first separator decides: after a dot, a slash stands for a dot in a name, and the reverse.
    """
    first = next((character for character in key if character in "./"), "/")
    return key.translate(str.maketrans("./", "/.")) if first == "." else key
