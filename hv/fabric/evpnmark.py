"""A lab's options as the alias of a link: written when the link is whole, read by later runs."""

import json
from datetime import timedelta
from ipaddress import IPv4Interface

from vipprov.guest.errors import HypervisorError
from vipprov.hv.fabric.duplicates import Duplicates
from vipprov.hv.fabric.evpnspec import EvpnLab

LONGEST = 255  # IFALIASZ, less the final zero


def text(lab: EvpnLab) -> str:
    """Return the alias that tells all options of the lab."""
    seconds = timedelta(seconds=1)
    duplicates = lab.duplicates
    options = {
        "leafs": lab.leafs,
        "vnis": lab.vnis,
        "suppression": lab.arp_suppression,
        "snooping": lab.arp_snooping,
        "gateway": lab.gateway and str(lab.gateway),
        "ageing": lab.ageing // seconds,
        "duplicates": duplicates
        and [
            duplicates.moves,
            duplicates.window // seconds,
            duplicates.freeze and duplicates.freeze // seconds,
        ],
    }
    return f"{lab.alias} {json.dumps(options, separators=(',', ':'))}"


def read(alias: str) -> EvpnLab | None:
    """Return the lab whose mark this is; None where it is no mark of an EVPN lab."""
    head, _, body = alias.partition(" ")
    name = head.removeprefix("vipprov:evpn:")
    if name == head or not body:
        return None
    try:
        return _lab(name, json.loads(body))
    except (KeyError, TypeError, ValueError) as error:
        raise HypervisorError(
            f"The mark of the lab {name!r} cannot be read.",
            details=alias,
            hint="Another version of vipprov may have made it: vipprov lab down, then up.",
        ) from error


def _lab(name: str, options: dict[str, object]) -> EvpnLab:
    gateway, ageing = options["gateway"], options["ageing"]
    return EvpnLab(
        name=name,
        leafs=_number(options["leafs"]),
        vnis=_number(options["vnis"]),
        arp_suppression=bool(options["suppression"]),
        arp_snooping=bool(options["snooping"]),
        gateway=None if gateway is None else IPv4Interface(str(gateway)),
        ageing=timedelta(seconds=_number(ageing)),
        duplicates=_duplicates(options["duplicates"]),
    )


def _duplicates(found: object) -> Duplicates | None:
    if found is None:
        return None
    if not isinstance(found, list):
        raise TypeError(found)
    moves, window, freeze = found
    return Duplicates(
        moves=_number(moves),
        window=timedelta(seconds=_number(window)),
        freeze=None if freeze is None else timedelta(seconds=_number(freeze)),
    )


def _number(found: object) -> int:
    if not isinstance(found, int):
        raise TypeError(found)
    return found
