"""Causes that lie in a fabric which can be asked: those that its leafs themselves tell of."""

from vipprov.guest.judgement.cause import EVERYTHING, JOINS, OWNERS, PATH, TABLES, Cause, Layer

LEAF_CUT = Cause(
    "leaf-cut",
    Layer.FABRIC,
    "a link of a leaf is down: its uplink, its VXLAN, or the cable to its ports",
    EVERYTHING | JOINS,
)
SESSION = Cause(
    "bgp-session",
    Layer.FABRIC,
    "two leafs that the pair is plugged into have no BGP session",
    EVERYTHING | JOINS,
)
LEAF_SILENT = Cause(
    "leaf-silent",
    Layer.FABRIC,
    "the routing daemons of a leaf do not answer",
    EVERYTHING | JOINS,
)
FLOOD = Cause(
    "type-3-missing",
    Layer.FABRIC,
    "a leaf floods nothing to another, though they have a BGP session",
    EVERYTHING | JOINS,
)
FROZEN_DUPLICATE = Cause(
    "duplicate-frozen",
    Layer.FABRIC,
    "a leaf calls the virtual MAC a duplicate, and the fabric freezes duplicates",
    PATH | OWNERS | TABLES,
)
STALE_NEIGHBOUR = Cause(
    "stale-neighbour",
    Layer.FABRIC,
    "a leaf that answers ARP itself, or routes, has the vIP with another MAC than its owner's",
    PATH | OWNERS | TABLES,
)
AGED_OUT = Cause(
    "vmac-aged-out",
    Layer.FABRIC,
    "the owner's leaf has forgotten the virtual MAC, which the pair refreshes later or never",
    frozenset({"fabric-mac"}),
)
UNLEARNT = Cause(
    "vmac-unlearnt",
    Layer.FABRIC,
    "the owner's leaf does not know the virtual MAC, though the pair refreshes it in time",
    frozenset({"fabric-mac"}),
)
ROUTE = Cause(
    "type-2-missing",
    Layer.FABRIC,
    "the owner's leaf knows the virtual MAC, and another leaf has no route to it",
    PATH | {"fabric-mac"},
)
MISPLACED = Cause(
    "vmac-misplaced",
    Layer.FABRIC,
    "a leaf has the virtual MAC elsewhere than behind its owner's leaf",
    PATH | {"fabric-mac"},
)
FABRIC_MTU = Cause(
    "fabric-mtu",
    Layer.FABRIC,
    "a link of a leaf is too small for the guests' packets and their VXLAN headers",
    frozenset({"fabric-mtu"}),
)

OF_JOINS = (LEAF_CUT, SESSION, LEAF_SILENT, FLOOD)
OF_TABLES = (FROZEN_DUPLICATE, STALE_NEIGHBOUR, AGED_OUT, UNLEARNT, ROUTE, MISPLACED, FABRIC_MTU)
