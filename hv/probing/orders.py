"""Orders: what a recording process is told when it starts."""

import json
from dataclasses import dataclass
from ipaddress import ip_address

from vipprov.hv.frames import Host, Path

PROBED_EVERY = 0.001
"""Seconds; how finely an outage is measured."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Orders:
    """Where probes go, and how many seconds apart. Without aims the process only listens.

    `told` are hosts to which it says itself where its own addresses are, before the first probe.
    It ends by itself after so many `seconds`, however busy those are who should end it.
    """

    aims: tuple[Path, ...] = ()
    interval: float = PROBED_EVERY
    told: tuple[Host, ...] = ()
    seconds: float = 3600.0


def dump(orders: Orders) -> str:
    """Return the orders as text."""
    aims = [
        {
            "source_mac": aim.source_mac,
            "target_mac": aim.target_mac,
            "source": str(aim.source),
            "target": str(aim.target),
        }
        for aim in orders.aims
    ]
    told = [{"mac": host.mac, "address": str(host.address)} for host in orders.told]
    return json.dumps(
        {"aims": aims, "interval": orders.interval, "told": told, "seconds": orders.seconds}
    )


def load(text: str) -> Orders:
    """Return the orders that this text was made from."""
    table = json.loads(text)
    return Orders(
        aims=tuple(
            Path(
                source_mac=aim["source_mac"],
                target_mac=aim["target_mac"],
                source=ip_address(aim["source"]),
                target=ip_address(aim["target"]),
            )
            for aim in table["aims"]
        ),
        interval=table["interval"],
        told=tuple(
            Host(mac=host["mac"], address=ip_address(host["address"])) for host in table["told"]
        ),
        seconds=table["seconds"],
    )
