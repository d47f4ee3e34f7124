"""What a command line asks of an EVPN lab, and what is said once it is up."""

from dataclasses import dataclass
from datetime import timedelta
from ipaddress import IPv4Interface

from vipprov.guest.errors import SpecError
from vipprov.guest.pairfile import units
from vipprov.guest.pairfile.mistake import Mistaken
from vipprov.hv.fabric.duplicates import Duplicates
from vipprov.hv.fabric.evpnlab import Up
from vipprov.hv.fabric.evpnspec import ROUTED, ROUTED_GATEWAY, EvpnLab

OFF = "off"


@dataclass(frozen=True, slots=True, kw_only=True)
class Wishes:
    """Options of an EVPN lab as they are written."""

    vnis: int = 1
    arp_suppression: bool = False
    arp_snooping: bool = False
    gateway: str | None = None
    moves: int = 5
    window: str = "180s"
    freeze: str = OFF
    ageing: str = "300s"


def evpn(name: str, leafs: int, wishes: Wishes) -> EvpnLab:
    """Return the lab that is asked for, or say what cannot be had."""
    return EvpnLab(
        name=name,
        leafs=leafs,
        vnis=wishes.vnis,
        arp_suppression=wishes.arp_suppression,
        arp_snooping=wishes.arp_snooping,
        gateway=None if wishes.gateway is None else _interface(wishes.gateway),
        duplicates=_duplicates(wishes) if wishes.moves else None,
        ageing=_duration("--ageing", wishes.ageing),
    )


def demand_none(wishes: Wishes) -> None:
    """Raise SpecError where something is asked for that only an EVPN lab has."""
    if wishes != Wishes():
        raise SpecError(
            "A lab of kind bridge has no options but its name and its number of leafs.",
            hint="Add --kind evpn.",
        )


def document(made: Up, outcome: str) -> dict[str, object]:
    """Return what a program wants to know of a lab that is up."""
    lab = made.lab
    return {
        "name": lab.name,
        "kind": "evpn",
        "outcome": outcome,
        "vnis": list(lab.vni_numbers),
        "leafs": [{"name": port.bridge, "leaf": port.leaf, "vni": port.vni} for port in lab.ports],
        "routed": lab.routed and lab.routed.bridge,
        "namespaces": [lab.spine, *(lab.vtep(leaf) for leaf in lab.numbers)],
    }


def text(made: Up, outcome: str) -> str:
    """Return what a person wants to know of a lab that is up."""
    lab = made.lab
    lines = [f"lab {lab.name}: {outcome}"]
    lines += [f"  {port.bridge}  VNI {port.vni} of {lab.vtep(port.leaf)}" for port in lab.ports]
    if lab.routed is not None:
        lines += [f"  {lab.routed.bridge}  {ROUTED}, gateway {ROUTED_GATEWAY.ip}"]
    return "\n".join(lines)


def _duplicates(wishes: Wishes) -> Duplicates:
    return Duplicates(
        moves=wishes.moves,
        window=_duration("--dup-window", wishes.window),
        freeze=None if wishes.freeze == OFF else _duration("--dup-freeze", wishes.freeze),
    )


def _duration(option: str, text: str) -> timedelta:
    try:
        return units.duration(text)
    except Mistaken as error:
        raise SpecError(f"{option}: {error.what}.", hint=f"{error.instead}.") from error


def _interface(text: str) -> IPv4Interface:
    try:
        found = IPv4Interface(text)
    except ValueError as error:
        raise SpecError(
            f"--anycast-gateway: {text!r} is no IPv4 address with a mask.",
            hint="Write 10.50.50.1/24.",
        ) from error
    return found
