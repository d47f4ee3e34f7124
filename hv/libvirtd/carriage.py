"""Whether what a NIC is plugged into can ever carry a virtual MAC, and why. Pure."""

from dataclasses import dataclass

from vipprov.guest.check import Verdict
from vipprov.hv.libvirtd.interface_xml import Interface
from vipprov.hv.libvirtd.network_xml import Network
from vipprov.hv.portgroup import Kind


@dataclass(frozen=True, slots=True, kw_only=True)
class Carriage:
    """The kind of a plug, and whether it can ever carry a virtual MAC."""

    kind: Kind
    verdict: Verdict
    reason: str = ""


def of_interface(interface: Interface, network: Network | None) -> Carriage:
    """Judge a NIC as its domain describes it; the network is the one that it names."""
    match interface.kind:
        case "bridge":
            return of_bridge(interface.virtual_port)
        case "network" if network is not None:
            return of_network(network)
        case "direct":
            return of_macvtap(interface.direct_mode or "vepa")
        case kind:
            return _unknown(Kind.OTHER, f"NICs of type {kind} were not tested with virtual MACs")


def of_bridge(virtual_port: str | None = None) -> Carriage:
    """Judge a bridge; one with a virtual port type belongs to Open vSwitch or the like."""
    if virtual_port is not None:
        return _unknown(Kind.BRIDGE, f"ports of type {virtual_port} were not tested")
    return Carriage(kind=Kind.BRIDGE, verdict=Verdict.PASS)


def of_network(network: Network) -> Carriage:
    """Judge a libvirt network."""
    match network.forward:
        case "bridge" | "vepa" | "private" | "passthrough" if network.bridge is None:
            found = of_macvtap(network.forward)
        case "hostdev":
            found = _unknown(Kind.OTHER, "whether an SR-IOV card lets a second MAC pass is unknown")
        case _:
            found = of_bridge(network.virtual_port)
    return Carriage(kind=Kind.NETWORK, verdict=found.verdict, reason=found.reason)


def of_macvtap(mode: str) -> Carriage:
    """Judge a macvtap by its mode.

    A guest that is trusted with `trustGuestRxFilters` makes no difference: libvirt makes its
    macvtap promiscuous and joins multicast groups, and the kernel goes by its own MAC all
    the same. All of it was measured: docs/measurements/libvirt-ports.md.
    """
    if mode == "passthrough":
        return Carriage(kind=Kind.DIRECT, verdict=Verdict.PASS)
    return Carriage(
        kind=Kind.DIRECT,
        verdict=Verdict.FAIL,
        reason=f"a macvtap in {mode} mode never delivers frames to a second MAC",
    )


def of_link() -> Carriage:
    """Judge a network interface that is no bridge."""
    return Carriage(
        kind=Kind.DIRECT,
        verdict=Verdict.FAIL,
        reason="it is no bridge, and a macvtap on it never delivers frames to a second MAC",
    )


def _unknown(kind: Kind, reason: str) -> Carriage:
    return Carriage(kind=kind, verdict=Verdict.UNKNOWN, reason=reason)
