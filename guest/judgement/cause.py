"""A cause: a way to fail, the layer it lies in, and the ids of the checks that it explains."""

from dataclasses import dataclass
from enum import Enum


class Layer(Enum):
    """Where the fault lies. UNKNOWN is said rather than guessed."""

    SYSCTL = "guest sysctl"
    INTERFACE = "guest interface"
    KEEPALIVED = "keepalived"
    PORT = "hypervisor port"
    FABRIC = "fabric"
    CLIENT = "client"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Cause:
    """A way to fail: `sign` is what it is known by, `explains` the ids of checks it makes fail."""

    id: str
    layer: Layer
    sign: str
    explains: frozenset[str]


ROLES = frozenset({"one-master", "role", "advert"})
OWNERS = frozenset({"one-owner", "no-duplicates"})
CLIENTS = frozenset({"client-arp", "client-ping"})
PATH = CLIENTS | {"arp", "ping", "ping-out", "no-duplicates"}
LINKS = frozenset({"macvlan", "vmac-interface", "sysctl", "leftovers", "mtu"})
JOINS = frozenset({"fabric-link", "fabric-session", "fabric-flood"})
TABLES = frozenset({"fabric-mac", "fabric-neighbour", "fabric-duplicate"})
EVERYTHING = ROLES | OWNERS | PATH | TABLES

ABOUT_ONE_GUEST = frozenset(
    {
        *LINKS,
        "guest",
        "keepalived-conf",
        "keepalived-version",
        "kernel-version",
        "port",
        "promiscuity",
        "role",
        "rp-filter",
    }
)
"""Checks whose subject is a guest: only a cause that lies with this guest explains them."""
