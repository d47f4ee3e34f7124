"""The options of `vipprov lab`, explained."""

from enum import Enum
from typing import Annotated

import typer


class Kind(Enum):
    """What joins the leafs."""

    BRIDGE = "bridge"
    EVPN = "evpn"


KindOf = Annotated[Kind, typer.Option("--kind", help="What joins the leafs.")]
Name = Annotated[
    str,
    typer.Option(
        help="Name of the lab, up to five of a-z and 0-9; any but `lab` goes in front of its links."
    ),
]
Json = Annotated[bool, typer.Option("--json", help="Print one JSON document.")]
Leafs = Annotated[int, typer.Option(help="How many leafs; up to 9 with EVPN.")]
Suppression = Annotated[
    bool, typer.Option("--arp-suppression", help="EVPN: leafs answer ARP for what BGP tells them.")
]
Snooping = Annotated[
    bool, typer.Option("--arp-snooping", help="EVPN: leafs learn addresses from all ARP they see.")
]
Gateway = Annotated[
    str | None,
    typer.Option(
        "--anycast-gateway",
        metavar="CIDR",
        help="EVPN: this IPv4 address on all leafs, and a bridge `routed` for clients behind it.",
    ),
]
Moves = Annotated[
    int, typer.Option("--dup-moves", help="EVPN: moves that make a MAC a duplicate; 0: none do.")
]
Window = Annotated[
    str, typer.Option("--dup-window", help="EVPN: the time in which moves count, 2 s to 30 min.")
]
Freeze = Annotated[
    str, typer.Option("--dup-freeze", help="EVPN: how long a duplicate is frozen, or `off`.")
]
Vnis = Annotated[
    int, typer.Option(help="EVPN: how many VNIs, up to 9; the second has leaf1b, leaf2b, …")
]
Ageing = Annotated[
    str, typer.Option(help="EVPN: the age at which leafs forget a silent MAC, 1 s to 1 h.")
]
Force = Annotated[bool, typer.Option("--force", help="Also while guests use it.")]
