"""A libvirt network's XML, as far as it decides about virtual MACs. Pure."""

import xml.etree.ElementTree as ET
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Network:
    """A libvirt network.

    `forward` is its mode, None for an isolated one. `learning` and `flood` are what libvirt gives
    the ports of a bridge whose MAC table it manages itself.
    """

    name: str
    forward: str | None
    bridge: str | None
    virtual_port: str | None
    learning: bool | None
    flood: bool | None


def network(text: str) -> Network:
    """Return the network that this XML describes."""
    tree = ET.fromstring(text)  # noqa: S314  libvirt's own
    forward = tree.find("forward")
    bridge = tree.find("bridge")
    port = tree.find("virtualport")
    by_libvirt = bridge is not None and bridge.get("macTableManager") == "libvirt"
    return Network(
        name=tree.findtext("name", ""),
        forward=None if forward is None else forward.get("mode", "nat"),
        bridge=None if bridge is None else bridge.get("name"),
        virtual_port=None if port is None else port.get("type"),
        learning=False if by_libvirt else None,
        flood=False if by_libvirt else None,
    )
