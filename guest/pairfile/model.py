"""The pair file, key by key. What keys have to do with one another is in `rules`."""

from typing import Annotated, Literal

from pydantic import ConfigDict, Discriminator, Field, Tag

from vipprov.guest.pairfile import fields, hypervisors
from vipprov.guest.pairfile.placement_table import PlacementTable
from vipprov.guest.pairfile.table import Table, key, optional
from vipprov.guest.pairfile.vip_table import TrackTable, VipTable


class SizeTable(Table):
    """What each machine gets of the host."""

    cpus: Annotated[int, Field(ge=1, le=512)] = key("CPUs.", default=1)
    memory: fields.MemorySize = key("Memory.", default="512MiB")
    disk: fields.DiskSize = key("Size of the disk.", default="4GiB")


class GuestTable(Table):
    """One member of the pair."""

    name: fields.GuestName = key("Host name, and name of the machine.", example="web-1")
    addresses: list[fields.GuestAddress] = Field(
        min_length=1,
        description="Addresses of the NIC, each with its mask. VRRP speaks from the first.",
        examples=[["10.50.50.51/24"]],
    )
    port_group: fields.PortGroup | None = optional(
        "Where the NIC is plugged in, if not where the others are.", example="leaf1"
    )
    priority: Annotated[int, Field(ge=1, le=254)] | None = optional(
        "Who is preferred. Near 254 the fail-over is quickest.", example=254
    )
    mac: fields.MacAddress | None = optional(
        "MAC of the NIC; made from the names if not given.", example="52:54:00:aa:bb:cc"
    )
    filter: fields.PortGroup | None = optional(
        "A filter of the hypervisor for the port; only with policy: unchanged.",
        example="clean-traffic",
    )
    placement: PlacementTable = key(
        "Where this one goes on vSphere, if not where the others do; key by key.",
        default={},
        example={"host": "esx1.example"},
    )
    management_addresses: list[fields.GuestAddress] = key(
        "Addresses of the management NIC; none: DHCP.", default=[], example=["192.0.2.51/24"]
    )


class PolicyTable(Table):
    """What the port does with frames that are not plainly the NIC's own."""

    promiscuous: Literal["accept", "reject"] | None = optional(
        "Frames to other MACs go in.", example="accept"
    )
    mac_changes: Literal["accept", "reject"] | None = optional(
        "The guest may change the NIC's MAC.", example="reject"
    )
    forged_transmits: Literal["accept", "reject"] | None = optional(
        "Frames from other MACs go out.", example="accept"
    )


class ManagementTable(Table):
    """A NIC apart from the network of the vIP, for ssh."""

    port_group: fields.PortGroup = key("Where it is plugged in.", example="mgmt")
    address: Literal["dhcp"] = key(
        "dhcp; fixed addresses are written under the guests.", default="dhcp"
    )


class PackagesTable(Table):
    """What happens to the packages of the image."""

    update: bool = key("Bring them up to date from the guest's own sources.", default=False)


class FabricTable(Table):
    """How many MAC moves the fabric takes: a profile, or moves and window."""

    profile: Literal["frr", "cumulus", "junos", "nxos", "eos"] | None = optional(
        "The fabric's switches.", example="frr"
    )
    moves: Annotated[int, Field(ge=1, le=1000)] | None = optional(
        "Moves that are safe within the window.", example=4
    )
    window: fields.Window | None = optional("The window.", example="180s")


class VerifyTable(Table):
    """How `vipprov verify` looks at the virtual addresses."""

    observers: list[fields.HostAddress] = key(
        "Free addresses of the vIP's subnet that it may use for a moment: of each family one for "
        "each port group. Without them it looks for free ones itself.",
        default=[],
        example=["10.50.50.250", "10.50.50.251"],
    )


def _shape(value: object) -> str:
    return "settings" if isinstance(value, dict) else "word"


Policy = Annotated[
    Annotated[Literal["least", "article", "unchanged"], Tag("word")]
    | Annotated[PolicyTable, Tag("settings")],
    Discriminator(_shape),
]


class PairTable(Table):
    """Two or more guests that share virtual addresses, and the hypervisor that they live on."""

    model_config = ConfigDict(title="vipprov pair file")

    name: fields.PairName = key("Name of the pair.", example="web")
    hypervisor: fields.HypervisorUrl = key("Where guests are made.", default=hypervisors.DEFAULT)
    image: fields.ImageName = key(
        "Name in the catalogue, path, or vSphere template.", default="debian-12"
    )
    size: SizeTable = key("What each machine gets.", default={})
    port_group: fields.PortGroup = key(
        "libvirt network or bridge, standard or DV port group.", example="leaf1"
    )
    placement: PlacementTable = key(
        "Where new machines go on vSphere, if not where the template is.",
        default={},
        example={"cluster": "Production"},
    )
    interface: fields.InterfaceName = key("The NIC's name in the guest.", default="eth0")
    policy: Policy = key(
        "How far the port is opened for the virtual MAC: least is what works on this switch, "
        "article is all three settings, unchanged leaves it alone.",
        default="least",
    )
    promisc: Literal["auto", "on", "off"] = key(
        "Promiscuous mode of the NIC in the guest.", default="auto"
    )
    vip: VipTable = key("The virtual addresses.", example={"addresses": ["10.50.50.50/24"]})
    guests: list[GuestTable] = Field(
        min_length=2, description="The members.", examples=[[{"name": "web-1"}]]
    )
    gateway: fields.Gateways = key(
        "Default gateway; at most one of each family.", default=[], example="10.50.50.1"
    )
    dns: list[fields.ServerAddress] = key("Name servers.", default=[], example=["10.50.50.1"])
    ssh_keys: list[fields.SshKey] = key(
        "Public keys, or file:PATH or env:NAME.", default=[], example=["file:~/.ssh/id_ed25519.pub"]
    )
    password: fields.Secret | None = optional(
        "Reference to the password: env:NAME or file:PATH.", example="env:GUEST_PASSWORD"
    )
    cloud_config: fields.FilePath | None = optional(
        "A cloud-config of your own, merged; the path is relative to this file.",
        example="user.yaml",
    )
    packages: PackagesTable = key("The image's packages.", default={}, example={"update": True})
    sysctl: dict[fields.SysctlKey, fields.SysctlValue] = key(
        "Kernel settings of your own.", default={}, example={"net.ipv4.ip_forward": 1}
    )
    management: ManagementTable | None = optional(
        "A NIC of its own for ssh.", example={"port_group": "mgmt"}
    )
    fabric: FabricTable = key("The fabric's budget of MAC moves.", default={"profile": "frr"})
    verify: VerifyTable = key(
        "How the virtual addresses are looked at.",
        default={},
        example={"observers": ["10.50.50.250"]},
    )
    timeout: fields.Timeout = key("How long making the pair may take.", default="5m")


PLACES: dict[tuple[str, ...], type[Table]] = {
    (): PairTable,
    ("size",): SizeTable,
    ("vip",): VipTable,
    ("vip", "track"): TrackTable,
    ("guests",): GuestTable,
    ("guests", "placement"): PlacementTable,
    ("placement",): PlacementTable,
    ("policy",): PolicyTable,
    ("management",): ManagementTable,
    ("packages",): PackagesTable,
    ("fabric",): FabricTable,
    ("verify",): VerifyTable,
}
"""Which table lies where; places in lists and names of track scripts left out."""
