"""The EVPN lab as it is asked for, and the names and addresses that follow from that.

Leaf N is the namespace vipprov-NAME-vtepN, joined to a bridge on the host for each VNI: leafN for
the first, leafNb for the second, and so on. Labs of other names carry theirs in front: blue-leaf1.
"""

import re
from dataclasses import dataclass, field
from datetime import timedelta
from ipaddress import IPv4Address, IPv4Interface, IPv4Network
from pathlib import Path

from vipprov.guest.errors import SpecError
from vipprov.hv.fabric.bridgeplan import DEFAULT, NAME
from vipprov.hv.fabric.duplicates import Duplicates, demand_whole

LEAFS = range(1, 10)
VNIS = range(1, 10)
FIRST_VNI = 100
UNDERLAY = IPv4Network("100.64.0.0/24")
ROUTED = IPv4Network("198.51.100.0/24")
ROUTED_GATEWAY = IPv4Interface("198.51.100.1/24")
AGEING = range(1, 3601)


@dataclass(frozen=True, slots=True, kw_only=True)
class Port:
    """Where a VNI of a leaf meets the host: a bridge there, and a veth pair into the namespace."""

    leaf: int
    vni: int
    bridge: str
    uplink: str

    @property
    def inside(self) -> str:
        """Return the name of the veth's end in the namespace."""
        return f"host{self.vni}"


@dataclass(frozen=True, slots=True, kw_only=True)
class EvpnLab:
    """An EVPN lab to be."""

    name: str = DEFAULT
    leafs: int = 3
    vnis: int = 1
    arp_suppression: bool = False
    arp_snooping: bool = False
    gateway: IPv4Interface | None = None
    duplicates: Duplicates | None = field(default_factory=Duplicates)
    ageing: timedelta = timedelta(seconds=300)

    def __post_init__(self) -> None:
        if not NAME.fullmatch(self.name):
            raise SpecError(
                f"A lab cannot be called {self.name!r}.",
                hint="Use up to five of a-z and 0-9, a letter first.",
            )
        if self.leafs not in LEAFS:
            raise SpecError(f"An EVPN lab has 1 to {LEAFS[-1]} leafs, not {self.leafs}.")
        if self.vnis not in VNIS:
            raise SpecError(f"An EVPN lab has 1 to {VNIS[-1]} VNIs, not {self.vnis}.")
        demand_whole("The age at which a MAC is forgotten", self.ageing, AGEING)
        if self.gateway is not None:
            _demand_gateway(self.gateway)

    @property
    def alias(self) -> str:
        """Return what the alias of every link of this lab begins with."""
        return f"vipprov:evpn:{self.name}"

    @property
    def prefix(self) -> str:
        """Return what the names of this lab's links on the host begin with."""
        return "" if self.name == DEFAULT else f"{self.name}-"

    @property
    def numbers(self) -> range:
        """Return the numbers of the leafs."""
        return range(1, self.leafs + 1)

    @property
    def vni_numbers(self) -> range:
        """Return the VNIs."""
        return range(FIRST_VNI, FIRST_VNI + self.vnis)

    @property
    def spine(self) -> str:
        """Return the name of the underlay's namespace."""
        return f"vipprov-{self.name}-spine"

    def vtep(self, leaf: int) -> str:
        """Return the name of a leaf's namespace."""
        return f"vipprov-{self.name}-vtep{leaf}"

    def owns(self, namespace: str) -> bool:
        """Say whether a namespace is this lab's by its name."""
        return re.fullmatch(rf"vipprov-{self.name}-(spine|vtep\d)", namespace) is not None

    @property
    def folder(self) -> Path:
        """Return the folder of FRR's files."""
        return Path(f"/run/vipprov-{self.name}")

    def folder_of(self, leaf: int) -> Path:
        """Return the folder of a leaf's files."""
        return self.folder / f"vtep{leaf}"

    @property
    def ports(self) -> tuple[Port, ...]:
        """Return the ports of all leafs, those of the first VNI first."""
        return tuple(
            Port(leaf=leaf, vni=vni, bridge=bridge, uplink=f"{bridge}-up")
            for index, vni in enumerate(self.vni_numbers)
            for leaf in self.numbers
            for bridge in (f"{self.prefix}leaf{leaf}{_letter(index)}",)
        )

    @property
    def routed(self) -> Port | None:
        """Return the port of the routed network, which the last leaf carries, if there is one."""
        if self.gateway is None:
            return None
        bridge = f"{self.prefix}routed"
        return Port(leaf=self.leafs, vni=0, bridge=bridge, uplink=f"{bridge}-up")

    @property
    def all_ports(self) -> tuple[Port, ...]:
        """Return every place where the lab meets the host."""
        return self.ports if self.routed is None else (*self.ports, self.routed)


def underlay(leaf: int) -> IPv4Address:
    """Return the address of a leaf's VTEP."""
    return UNDERLAY[leaf]


def _letter(index: int) -> str:
    return "" if index == 0 else "abcdefghi"[index]


def _demand_gateway(gateway: IPv4Interface) -> None:
    network = gateway.network
    if network.num_addresses < 4 or gateway.ip in (network[0], network[-1]):  # noqa: PLR2004  network, gateway, host, broadcast
        raise SpecError(f"{gateway} is no host's address.", hint="Write 10.50.50.1/24.")
    for taken in (UNDERLAY, ROUTED):
        if network.overlaps(taken):
            raise SpecError(f"{gateway} overlaps {taken}, which the lab itself uses.")
