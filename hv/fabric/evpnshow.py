"""From vtysh's JSON to values. Keys of FRR 8.4 to 10; what a version leaves out is empty."""

import json
import re
from collections.abc import Iterator
from ipaddress import IPv4Address, ip_address
from typing import Any

from vipprov.guest.errors import HypervisorError
from vipprov.hv.fabric.evpnstate import (
    FloodList,
    FloodRoute,
    Leaf,
    Mac,
    MacRoute,
    Neighbour,
    Session,
)

READINESS = ("show bgp l2vpn evpn summary json", "show evpn vni detail json")
MACS = "show evpn mac vni all json"
TABLES = ("show bgp l2vpn evpn route json", MACS, "show evpn arp-cache vni all json")
EVERYTHING = (*READINESS, *TABLES)
MAC_ROUTE, FLOOD_ROUTE = 2, 3


def readiness(text: str, *, number: int, vtep: IPv4Address) -> Leaf:
    """Return a leaf by the answers to READINESS."""
    summary, vnis = _documents(text, READINESS)
    return Leaf(
        number=number,
        vtep=vtep,
        sessions=tuple(_sessions(summary)),
        flood_lists=tuple(_flood_lists(vnis)),
    )


def mac_table(text: str, *, number: int, vtep: IPv4Address) -> Leaf:
    """Return a leaf by the answer to MACS."""
    (macs,) = _documents(text, (MACS,))
    return Leaf(number=number, vtep=vtep, macs=tuple(_macs(macs)))


def everything(text: str, *, number: int, vtep: IPv4Address) -> Leaf:
    """Return a leaf by the answers to EVERYTHING."""
    summary, vnis, routes, macs, neighbours = _documents(text, EVERYTHING)
    paths = tuple(_paths(routes))
    return Leaf(
        number=number,
        vtep=vtep,
        sessions=tuple(_sessions(summary)),
        flood_lists=tuple(_flood_lists(vnis)),
        mac_routes=tuple(_mac_route(path) for path in paths if path["routeType"] == MAC_ROUTE),
        flood_routes=tuple(
            FloodRoute(vni=_vni(path), vtep=IPv4Address(path["ip"]))
            for path in paths
            if path["routeType"] == FLOOD_ROUTE
        ),
        macs=tuple(_macs(macs)),
        neighbours=tuple(_neighbours(neighbours)),
    )


def _documents(text: str, commands: tuple[str, ...]) -> list[Any]:
    """Return one document for each command; FRR answers in plain words where it has nothing."""
    decoder, found, at = json.JSONDecoder(), [], 0
    while match := re.compile(r"^[{\[]", re.MULTILINE).search(text, at):
        document, at = decoder.raw_decode(text, match.start())
        found.append(document)
    if len(found) != len(commands):
        raise HypervisorError("FRR did not answer all questions.", details=text.strip())
    return found


def _sessions(summary: Any) -> Iterator[Session]:  # noqa: ANN401  JSON
    for peer, body in sorted(summary.get("peers", {}).items()):
        yield Session(peer=IPv4Address(peer), state=body["state"])


def _flood_lists(vnis: Any) -> Iterator[FloodList]:  # noqa: ANN401  JSON
    for body in vnis:
        remote = body.get("numRemoteVteps", [])
        vteps = frozenset(map(IPv4Address, remote)) if isinstance(remote, list) else frozenset()
        yield FloodList(vni=body["vni"], vteps=vteps)


def _paths(routes: Any) -> Iterator[Any]:  # noqa: ANN401  JSON
    for distinguished in routes.values():
        if isinstance(distinguished, dict):
            for prefix in distinguished.values():
                if isinstance(prefix, dict):
                    yield from (path for group in prefix["paths"] for path in group)


def _mac_route(path: Any) -> MacRoute:  # noqa: ANN401  JSON
    address = path.get("ip")
    moved = re.search(r"\bMM:(\d+)", _communities(path))
    return MacRoute(
        vni=_vni(path),
        mac=path["mac"],
        address=ip_address(address) if address else None,
        vtep=IPv4Address(path["nexthops"][0]["ip"]),
        sequence=int(moved[1]) if moved else 0,
    )


def _vni(path: Any) -> int:  # noqa: ANN401  JSON
    target = re.search(r"\bRT:\d+:(\d+)", _communities(path))
    return int(target[1]) if target else 0


def _communities(path: Any) -> str:  # noqa: ANN401  JSON
    return str(path.get("extendedCommunity", {}).get("string", ""))


def _macs(tables: Any) -> Iterator[Mac]:  # noqa: ANN401  JSON
    for vni, table in tables.items():
        for mac, body in sorted(table.get("macs", {}).items()):
            local = body["type"] == "local"
            yield Mac(
                vni=int(vni),
                mac=mac,
                port=body.get("intf"),
                vtep=_vtep(body),
                sequence=body.get("localSequence" if local else "remoteSequence", 0),
                moves=body.get("detectionCount", 0),
                duplicate=body.get("isDuplicate", False),
            )


def _neighbours(tables: Any) -> Iterator[Neighbour]:  # noqa: ANN401  JSON
    for vni, table in tables.items():
        for address, body in sorted(table.items()):
            if isinstance(body, dict):
                yield Neighbour(
                    vni=int(vni),
                    address=ip_address(address),
                    mac=body["mac"],
                    vtep=_vtep(body),
                    active=body.get("state") == "active",
                    duplicate=body.get("isDuplicate", False),
                )


def _vtep(body: Any) -> IPv4Address | None:  # noqa: ANN401  JSON
    found = body.get("remoteVtep")
    return IPv4Address(found) if found else None
