"""Sightings: what an observer reads in the frames that reach it."""

import struct
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address

from vipprov.guest.pair import Address
from vipprov.hv import frames
from vipprov.hv.frames import Echo, Path

_ETHERNET = 14
_ARP_OF_IPV4 = (1, frames.ETHERTYPE_IPV4, 6, 4)
_SOLICITED = 0x40000000


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """Somebody asks who has an address. A prober has no address of its own."""

    address: Address
    asker: Address
    asker_mac: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Answered:
    """Somebody says that a MAC has an address; `source` is the MAC that sent the frame."""

    address: Address
    mac: str
    source: str
    to_mac: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Announced:
    """Somebody tells everybody that a MAC has an address, asked by nobody."""

    address: Address
    mac: str
    source: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Advertised:
    """A VRRP advert; one of priority 0 says that its sender steps down."""

    path: Path
    virtual_router_id: int
    priority: int
    version: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Pinged:
    """An echo request."""

    path: Path
    echo: Echo


@dataclass(frozen=True, slots=True, kw_only=True)
class Replied:
    """An echo reply."""

    path: Path
    echo: Echo


Sighting = Asked | Answered | Announced | Advertised | Pinged | Replied


def read(frame: bytes) -> Sighting | None:
    """Return what the frame says; None for a frame that is none of ours or is broken."""
    try:
        (ethertype,) = struct.unpack_from("!H", frame, 12)
        match ethertype:
            case frames.ETHERTYPE_ARP:
                return _arp(frame)
            case frames.ETHERTYPE_IPV4:
                return _ipv4(frame)
            case frames.ETHERTYPE_IPV6:
                return _ipv6(frame)
            case _:
                return None
    except struct.error:  # shorter than it claims to be
        return None


def _arp(frame: bytes) -> Sighting | None:
    *kind, operation, mac, address, to_mac, to = frames.ARP.unpack_from(frame, _ETHERNET)
    if tuple(kind) != _ARP_OF_IPV4:
        return None
    if address == to:
        return Announced(address=IPv4Address(address), mac=frames.text(mac), source=_source(frame))
    if operation == frames.ARP_REQUEST:
        return Asked(
            address=IPv4Address(to), asker=IPv4Address(address), asker_mac=frames.text(mac)
        )
    return Answered(
        address=IPv4Address(address),
        mac=frames.text(mac),
        source=_source(frame),
        to_mac=frames.text(to_mac),
    )


def _ipv4(frame: bytes) -> Sighting | None:
    fields = frames.IPV4.unpack_from(frame, _ETHERNET)
    path = _path(frame, IPv4Address(fields[8]), IPv4Address(fields[9]))
    head = (fields[0] & 15) * 4
    return _message(fields[6], path, frame[_ETHERNET + head : _ETHERNET + fields[2]])


def _ipv6(frame: bytes) -> Sighting | None:
    _, length, protocol, _, source, target = frames.IPV6.unpack_from(frame, _ETHERNET)
    path = _path(frame, IPv6Address(source), IPv6Address(target))
    start = _ETHERNET + frames.IPV6.size
    message = frame[start : start + length]
    neighbours = {bytes([frames.SOLICITATION]), bytes([frames.ADVERTISEMENT])}
    if protocol == frames.ICMPV6 and message[:1] in neighbours:
        return _neighbour(path, message)
    return _message(protocol, path, message)


def _message(protocol: int, path: Path, message: bytes) -> Sighting | None:
    if protocol == frames.VRRP:
        return _advert(path, message)
    own = frames.ICMP if path.source.version == 4 else frames.ICMPV6  # noqa: PLR2004  the IP version
    return _echo(path, message) if protocol == own else None


def _advert(path: Path, message: bytes) -> Sighting | None:
    kind, router, priority = frames.ADVERT.unpack_from(message)
    if kind & 15 != frames.ADVERTISES:
        return None
    return Advertised(path=path, virtual_router_id=router, priority=priority, version=kind >> 4)


def _neighbour(path: Path, message: bytes) -> Sighting | None:
    kind, _, _, flags, target = struct.unpack_from("!BBHI16s", message)
    address = IPv6Address(target)
    if kind == frames.SOLICITATION:
        return Asked(address=address, asker=path.source, asker_mac=path.source_mac)
    # Without the option the owner has only the MAC that the frame came from.
    mac = message[26:32] if message[24:26] == b"\x02\x01" else frames.octets(path.source_mac)
    if not flags & _SOLICITED:
        return Announced(address=address, mac=frames.text(mac), source=path.source_mac)
    return Answered(
        address=address, mac=frames.text(mac), source=path.source_mac, to_mac=path.target_mac
    )


def _echo(path: Path, message: bytes) -> Sighting | None:
    kind, _, _, identity, sequence = frames.ECHO.unpack_from(message)
    echo = Echo(identity=identity, sequence=sequence, payload=message[frames.ECHO.size :])
    if kind == frames.ECHO_REQUEST[path.source.version]:
        return Pinged(path=path, echo=echo)
    return Replied(path=path, echo=echo) if kind == frames.ECHO_REPLY[path.source.version] else None


def _path(frame: bytes, source: Address, target: Address) -> Path:
    return Path(
        source_mac=_source(frame), target_mac=frames.text(frame[:6]), source=source, target=target
    )


def _source(frame: bytes) -> str:
    return frames.text(frame[6:12])
