"""The `vip` key of the pair file: virtual addresses, and how the guests agree on them."""

from typing import Annotated, Literal

from pydantic import Field

from vipprov.guest.pairfile import defaults, fields
from vipprov.guest.pairfile.table import Table, key, optional


class TrackTable(Table):
    """A command whose failure takes the vIP away from a guest."""

    command: fields.Command = key(
        "Absolute path of a program, and its arguments; no shell reads them.",
        example=["/usr/bin/pidof", "haproxy"],
    )
    interval: fields.TrackInterval = key("Time between two runs.", default="1s")
    fall: Annotated[int, Field(ge=1, le=255)] = key("Failures that count.", default=2)
    rise: Annotated[int, Field(ge=1, le=255)] = key("Successes that heal.", default=2)


class VipTable(Table):
    """The virtual addresses, and how the guests speak VRRP about them."""

    addresses: list[fields.VirtualAddress] = Field(
        min_length=1,
        description="Virtual addresses. Without a mask one stands alone (/32 or /128).",
        examples=[["10.50.50.50/24"]],
    )
    virtual_router_id: Annotated[int, Field(ge=1, le=255)] = key(
        "VRID: unique on the segment, for the virtual MAC is made of it.", example=50
    )
    profile: Literal["safe", "fast", "article"] = key(
        "safe: adverts each second, VRRPv3. fast: each 100 ms. article: VRRPv2, priorities of 50.",
        default=defaults.DEFAULT_PROFILE,
    )
    advert_interval: fields.Duration | None = optional(
        "Time between two adverts: whole seconds, or with VRRPv3 multiples of 10ms up to 40.95s.",
        example="1s",
    )
    garp_refresh: fields.GarpRefresh | None = optional(
        "How often the MASTER tells the fabric again where the vIP is; 0s: never.", example="60s"
    )
    version: Literal[2, 3] | None = optional("Version of VRRP.", example=3)
    vmac: bool = key("Whether all guests share a virtual MAC.", default=True)
    preempt: bool = key("Whether a better priority takes the vIP back.", default=False)
    track: dict[fields.TrackName, TrackTable] = key(
        "Commands that watch the service, by name.",
        default={},
        example={"haproxy": {"command": ["/usr/bin/pidof", "haproxy"]}},
    )
    keepalived_extra: str = key(
        "Lines for the vrrp_instance that there is no key for.",
        default="",
        example="garp_master_repeat 3\n",
    )
