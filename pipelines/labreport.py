"""An EVPN lab as it is, for people and for programs."""

from collections.abc import Iterable, Iterator
from dataclasses import asdict
from ipaddress import IPv4Address, IPv6Address

from vipprov.hv.fabric.evpnstate import Fabric, Leaf


def document(fabric: Fabric) -> dict[str, object]:
    """Return the lab as one JSON document."""
    plain = _plain(asdict(fabric))
    return {"kind": "evpn", "ready": fabric.ready, **plain} if isinstance(plain, dict) else {}


def text(fabric: Fabric) -> str:
    """Return the lab as tables, one leaf after the other."""
    state = "ready" if fabric.ready else "not ready"
    lines = [f"lab {fabric.name}: evpn, {state}"]
    for leaf in fabric.leafs:
        lines += ["", f"{', '.join(leaf.bridges)}  VTEP {leaf.vtep}", *_leaf(fabric, leaf)]
    return "\n".join(lines)


def _leaf(fabric: Fabric, leaf: Leaf) -> Iterator[str]:
    if leaf.down:
        yield f"  down: {', '.join(leaf.down)}"
    if leaf.trouble:
        yield f"  cannot be asked: {leaf.trouble}"
        return
    others = len(fabric.leafs) - 1
    up = sum(session.established for session in leaf.sessions)
    down = [f"{one.peer} {one.state}" for one in leaf.sessions if not one.established]
    yield f"  BGP {', '.join([f'{up} of {others} sessions', *down])}"
    for known in leaf.flood_lists:
        yield f"  VNI {known.vni} floods to {', '.join(map(str, sorted(known.vteps))) or 'nobody'}"
    if leaf.ports:
        yield f"  ports {', '.join(leaf.ports)}"
    yield from _table("routes", ("VNI", "MAC", "ADDRESS", "VTEP", "SEQUENCE"), _routes(leaf))
    yield from _table("MACs", ("VNI", "MAC", "WHERE", "SEQUENCE", "MOVES", ""), _macs(leaf))
    yield from _table("neighbours", ("VNI", "ADDRESS", "MAC", "WHERE", ""), _neighbours(leaf))


def _routes(leaf: Leaf) -> Iterator[tuple[object, ...]]:
    for flood in leaf.flood_routes:
        yield (flood.vni, "(flood)", "", flood.vtep, "")
    for route in leaf.mac_routes:
        yield (route.vni, route.mac, route.address or "", route.vtep, route.sequence)


def _macs(leaf: Leaf) -> Iterator[tuple[object, ...]]:
    for mac in leaf.macs:
        note = "DUPLICATE" if mac.duplicate else ""
        yield (mac.vni, mac.mac, mac.vtep or mac.port or "", mac.sequence, mac.moves, note)


def _neighbours(leaf: Leaf) -> Iterator[tuple[object, ...]]:
    for one in leaf.neighbours:
        notes = ["DUPLICATE"] * one.duplicate + ["inactive"] * (not one.active)
        yield (one.vni, one.address, one.mac, one.vtep or "here", " ".join(notes))


def _table(title: str, head: tuple[str, ...], rows: Iterable[tuple[object, ...]]) -> Iterator[str]:
    cells = [head, *(tuple(map(str, row)) for row in rows)]
    if len(cells) == 1:
        return
    widths = [max(map(len, column)) for column in zip(*cells, strict=True)]
    yield f"  {title}"
    for row in cells:
        padded = (cell.ljust(width) for cell, width in zip(row, widths, strict=True))
        yield f"    {'  '.join(padded)}".rstrip()


def _plain(value: object) -> object:
    """Return the same in JSON's types."""
    match value:
        case dict():
            return {key: _plain(one) for key, one in value.items()}
        case frozenset():
            return sorted(map(str, value))
        case list() | tuple():
            return [_plain(one) for one in value]
        case IPv4Address() | IPv6Address():
            return str(value)
        case _:
            return value
