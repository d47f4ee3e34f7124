"""The catalogue of causes: each with the layer it lies in, its sign, and the checks it explains."""

from vipprov.guest.judgement import fabriccauses
from vipprov.guest.judgement.cause import (
    CLIENTS,
    EVERYTHING,
    LINKS,
    OWNERS,
    PATH,
    ROLES,
    TABLES,
    Cause,
    Layer,
)

GUEST_SILENT = Cause(
    "guest-silent",
    Layer.UNKNOWN,
    "a guest cannot be asked",
    EVERYTHING | {"guest", "port"},
)
SOFTWARE_OLD = Cause(
    "software-old",
    Layer.KEEPALIVED,
    "the kernel or keepalived is older than a virtual MAC needs",
    EVERYTHING | LINKS | {"kernel-version", "keepalived-version"},
)
KEEPALIVED_STOPPED = Cause(
    "keepalived-stopped",
    Layer.KEEPALIVED,
    "keepalived does not run and has left nothing behind",
    EVERYTHING | LINKS,
)
KEEPALIVED_KILLED = Cause(
    "keepalived-killed",
    Layer.KEEPALIVED,
    "keepalived does not run, and its macvlan, address or nft table is still there",
    EVERYTHING | LINKS,
)
KEEPALIVED_FROZEN = Cause(
    "keepalived-frozen",
    Layer.KEEPALIVED,
    "the processes of keepalived are stopped, while the kernel goes on answering",
    EVERYTHING | LINKS,
)
INTERFACE_MISSING = Cause(
    "interface-missing",
    Layer.INTERFACE,
    "the guest has no interface of the name that the pair file gives, or it is down",
    EVERYTHING | LINKS | {"promiscuity"},
)
ROUTER_ID = Cause(
    "router-id",
    Layer.KEEPALIVED,
    "keepalived.conf, or the MAC of the virtual interface, has another virtual_router_id",
    EVERYTHING | {"keepalived-conf", "vmac-interface", "leftovers"},
)
PEERS = Cause(
    "peers",
    Layer.KEEPALIVED,
    "the unicast_peer addresses in keepalived.conf are not those of the other guests",
    EVERYTHING | {"keepalived-conf"},
)
ADDRESSES = Cause(
    "addresses",
    Layer.KEEPALIVED,
    "the virtual_ipaddress lines in keepalived.conf, or their masks, are not the pair's",
    EVERYTHING | {"keepalived-conf"},
)
MACVLAN_MISSING = Cause(
    "macvlan-missing",
    Layer.INTERFACE,
    "keepalived runs, and the virtual interface is not there",
    EVERYTHING | LINKS,
)
MACVLAN_WRONG = Cause(
    "macvlan-wrong",
    Layer.INTERFACE,
    "the virtual interface is no private macvlan on the NIC, has another MAC, or is down",
    EVERYTHING | LINKS,
)
BY_HAND = Cause(
    "address-by-hand",
    Layer.INTERFACE,
    "a guest whose keepalived runs has the vIP where keepalived did not put it",
    ROLES | OWNERS | TABLES | PATH | {"leftovers"},
)
ADDRESS_REMOVED = Cause(
    "address-removed",
    Layer.INTERFACE,
    "keepalived says MASTER, and the guest has not the vIP",
    ROLES | PATH,
)
KEEPALIVED_FAULT = Cause(
    "keepalived-fault",
    Layer.KEEPALIVED,
    "keepalived runs, and says FAULT or no role",
    EVERYTHING,
)
VRRP_VERSION = Cause(
    "vrrp-version",
    Layer.KEEPALIVED,
    "a guest hears adverts of another VRRP version",
    EVERYTHING,
)
MTU = Cause(
    "mtu",
    Layer.INTERFACE,
    "an interface passes smaller packets than the NICs of the other guests",
    frozenset({"mtu", "ping", "ping-out", "client-ping"}),
)
RP_FILTER = Cause(
    "rp-filter",
    Layer.SYSCTL,
    "rp_filter is 1 on the virtual interface or on all; it was raised after keepalived's start",
    frozenset({"rp-filter", "sysctl", "ping", "ping-out", "client-ping"}),
)
SYSCTL = Cause(
    "sysctl",
    Layer.SYSCTL,
    "a kernel setting is not as the pair wants it (arp_announce, arp_ignore, …)",
    CLIENTS | {"sysctl", "arp", "fabric-neighbour"},
)
ISOLATED = Cause(
    "ports-isolated",
    Layer.PORT,
    "the ports of two guests or more are isolated",
    EVERYTHING | {"port"},
)
PORT_FILTER = Cause(
    "port-filter",
    Layer.PORT,
    "the hypervisor's own filter on the port drops frames of the virtual MAC or vIP",
    EVERYTHING | {"port"},
)
PORT_DEAF = Cause(
    "port-deaf",
    Layer.PORT,
    "the port does not learn MACs, and is not told where the virtual MAC is",
    PATH | {"port"},
)
PORT_CHANGED = Cause(
    "port-changed",
    Layer.PORT,
    "what is in force on the port is not what was configured or recorded",
    EVERYTHING | {"port"},
)
NOT_JOINED = Cause(
    "segments-not-joined",
    Layer.FABRIC,
    "each port group reaches the NICs of its own guests, and none of another port group",
    EVERYTHING,
)
ADVERTS_DROPPED = Cause(
    "adverts-dropped",
    Layer.INTERFACE,
    "a rule in the guest's own firewall drops VRRP",
    EVERYTHING,
)
FORGED = Cause(
    "forged-transmits",
    Layer.PORT,
    "the owner's NIC answers ARP, and nobody answers for the vIP",
    PATH | {"fabric-mac"},
)
PROMISCUOUS = Cause(
    "promiscuous",
    Layer.PORT,
    "the vIP resolves, the owner's NIC replies to pings, and the vIP does not",
    PATH,
)
FABRIC_PATH = Cause(
    "fabric-path",
    Layer.FABRIC,
    "the vIP is reached from one port group, and not from another that reaches the owner's NIC",
    PATH,
)
WITHOUT_VMAC = Cause(
    "without-vmac",
    Layer.KEEPALIVED,
    "the pair file says `vmac: false`, and the vIP answers with a NIC's MAC",
    CLIENTS | {"arp"},
)
STRANGER = Cause(
    "stranger",
    Layer.FABRIC,
    "one guest owns the vIP, and somebody outside the pair answers for it too",
    OWNERS | TABLES | PATH,
)
ROUTER_SHARED = Cause(
    "router-id-shared",
    Layer.FABRIC,
    "somebody outside the pair advertises its virtual_router_id, and so has its virtual MAC",
    EVERYTHING | {"alone"},
)
DUPLICATED = Cause(
    "duplicated",
    Layer.PORT,
    "one owner answers each ARP request once, and pings are answered twice",
    frozenset({"no-duplicates"}),
)
CLIENT_STALE = Cause(
    "client-stale",
    Layer.CLIENT,
    "a client has the vIP with another MAC than its owner's, and the fabric has it right",
    CLIENTS,
)
NOBODY_LOOKED = Cause(
    "nobody-looked",
    Layer.UNKNOWN,
    "no vantage point could look at the vIP",
    frozenset({"arp", "ping", "ping-out"}),
)
ADVERTS_LOST = Cause(
    "adverts-lost",
    Layer.UNKNOWN,
    "adverts do not arrive, and nothing that was asked says where they are dropped",
    EVERYTHING,
)
UNEXPLAINED = Cause(
    "unexplained",
    Layer.UNKNOWN,
    "checks fail, and no sign fits them",
    frozenset(),
)

CAUSES = (
    GUEST_SILENT,
    SOFTWARE_OLD,
    KEEPALIVED_STOPPED,
    KEEPALIVED_KILLED,
    KEEPALIVED_FROZEN,
    INTERFACE_MISSING,
    ROUTER_ID,
    PEERS,
    ADDRESSES,
    MACVLAN_MISSING,
    MACVLAN_WRONG,
    BY_HAND,
    ADDRESS_REMOVED,
    KEEPALIVED_FAULT,
    VRRP_VERSION,
    MTU,
    RP_FILTER,
    SYSCTL,
    ISOLATED,
    PORT_FILTER,
    PORT_DEAF,
    PORT_CHANGED,
    *fabriccauses.OF_JOINS,
    NOT_JOINED,
    ADVERTS_DROPPED,
    FORGED,
    PROMISCUOUS,
    *fabriccauses.OF_TABLES,
    FABRIC_PATH,
    WITHOUT_VMAC,
    ROUTER_SHARED,
    STRANGER,
    DUPLICATED,
    CLIENT_STALE,
    NOBODY_LOOKED,
    ADVERTS_LOST,
    UNEXPLAINED,
)
"""All of them, in the order in which they are preferred where two explain as much."""
