"""Frames that an observer sends: ARP, neighbour discovery and echo, built without any library."""

import struct
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address

from vipprov.guest.pair import Address

BROADCAST = "ff:ff:ff:ff:ff:ff"
ALL_NODES, ALL_NODES_MAC = IPv6Address("ff02::1"), "33:33:00:00:00:01"
ETHERTYPE_ARP, ETHERTYPE_IPV4, ETHERTYPE_IPV6 = 0x0806, 0x0800, 0x86DD
ICMP, ICMPV6, VRRP = 1, 58, 112
ARP_REQUEST, ARP_REPLY = 1, 2
SOLICITATION, ADVERTISEMENT = 135, 136
ECHO_REQUEST, ECHO_REPLY = {4: 8, 6: 128}, {4: 0, 6: 129}

ARP = struct.Struct("!HHBBH6s4s6s4s")
IPV4 = struct.Struct("!BBHHHBBH4s4s")
IPV6 = struct.Struct("!IHBB16s16s")
ECHO = struct.Struct("!BBHHH")
ADVERT, ADVERTISES = struct.Struct("!BBB5x"), 1
NEIGHBOUR = struct.Struct("!BBHI16sBB6s")

_SOURCE_ADDRESS, _TARGET_ADDRESS = 1, 2
_SOLICITED_OVERRIDE, _OVERRIDE = 0x60000000, 0x20000000


@dataclass(frozen=True, slots=True, kw_only=True)
class Host:
    """A host of the segment, by MAC and by address."""

    mac: str
    address: Address


@dataclass(frozen=True, slots=True, kw_only=True)
class Path:
    """From whom a packet goes to whom, by MAC and by address."""

    source_mac: str
    target_mac: str
    source: Address
    target: Address

    def back(self) -> "Path":
        """Return the way back."""
        return Path(
            source_mac=self.target_mac,
            target_mac=self.source_mac,
            source=self.target,
            target=self.source,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Echo:
    """What a ping carries, and what its reply must carry too."""

    identity: int
    sequence: int
    payload: bytes = b""


def question(mac: str, target: Address, *, sender: Address | None = None) -> bytes:
    """Return a frame that asks who has the target.

    An ARP probe (RFC 5227) names no sender, so nobody's table remembers it; but leafs that suppress
    ARP let no such probe pass (Linux, br_do_proxy_suppress_arp), so whoever has an address of its
    own names it. A solicitation without a sender would be duplicate address detection and could
    make the owner give up the address; it comes from our link-local address instead.
    """
    if isinstance(target, IPv4Address):
        asker = sender if isinstance(sender, IPv4Address) else IPv4Address(0)
        return _arp(ARP_REQUEST, mac, asker, BROADCAST, target)
    low = target.packed[13:]
    group = IPv6Address(b"\xff\x02" + bytes(9) + b"\x01\xff" + low)
    to_mac = text(b"\x33\x33\xff" + low)
    path = Path(source_mac=mac, target_mac=to_mac, source=link_local(mac), target=group)
    return _neighbour(path, SOLICITATION, 0, target, _SOURCE_ADDRESS)


def answer(mac: str, address: Address, *, to_mac: str, to: Address) -> bytes:
    """Return a frame that says that this MAC has the address."""
    if isinstance(address, IPv4Address) and isinstance(to, IPv4Address):
        return _arp(ARP_REPLY, mac, address, to_mac, to)
    path = Path(source_mac=mac, target_mac=to_mac, source=address, target=to)
    return _neighbour(path, ADVERTISEMENT, _SOLICITED_OVERRIDE, address, _TARGET_ADDRESS)


def introduction(mac: str, address: Address, to: Host) -> bytes:
    """Return a question to one host alone, after which it knows that this MAC has the address.

    Leafs that suppress ARP do not pass on what tells all, and whoever asks them for our address
    hears what they believe. What is for one host they pass on.
    """
    if isinstance(to.address, IPv4Address) and isinstance(address, IPv4Address):
        return _arp(ARP_REQUEST, mac, address, to.mac, to.address)
    path = Path(source_mac=mac, target_mac=to.mac, source=address, target=to.address)
    return _neighbour(path, SOLICITATION, 0, to.address, _SOURCE_ADDRESS)


def announcement(mac: str, address: Address) -> bytes:
    """Return a frame that tells all that this MAC has the address now (RFC 5227, RFC 4861)."""
    if isinstance(address, IPv4Address):
        return _arp(ARP_REQUEST, mac, address, BROADCAST, address)
    path = Path(source_mac=mac, target_mac=ALL_NODES_MAC, source=address, target=ALL_NODES)
    return _neighbour(path, ADVERTISEMENT, _OVERRIDE, address, _TARGET_ADDRESS)


def echo_request(path: Path, echo: Echo) -> bytes:
    """Return a ping."""
    return _echo(path, ECHO_REQUEST[path.target.version], echo)


def echo_reply(path: Path, echo: Echo) -> bytes:
    """Return the reply to a ping."""
    return _echo(path, ECHO_REPLY[path.target.version], echo)


def link_local(mac: str) -> IPv6Address:
    """Return the link-local address made from a MAC (RFC 4291, appendix A)."""
    high, low = octets(mac)[:3], octets(mac)[3:]
    return IPv6Address(b"\xfe\x80" + bytes(6) + bytes([high[0] ^ 2]) + high[1:] + b"\xff\xfe" + low)


def octets(mac: str) -> bytes:
    """Return the six octets of a MAC."""
    return bytes.fromhex(mac.replace(":", ""))


def text(mac: bytes) -> str:
    """Return a MAC in lower case with colons."""
    return mac.hex(":")


def checksum(data: bytes) -> int:
    """Return the Internet checksum (RFC 1071); zero over data that holds its own."""
    padded = data + b"\0" * (len(data) % 2)
    total: int = sum(struct.unpack(f"!{len(padded) // 2}H", padded))
    while total >> 16:
        total = (total & 0xFFFF) + (total >> 16)
    return ~total & 0xFFFF


def pseudo_header(source: Address, target: Address, length: int) -> bytes:
    """Return what the checksum of ICMPv6 covers besides the message (RFC 8200 §8.1)."""
    return source.packed + target.packed + struct.pack("!II", length, ICMPV6)


def _arp(operation: int, mac: str, address: IPv4Address, to_mac: str, to: IPv4Address) -> bytes:
    asked = bytes(6) if operation == ARP_REQUEST else octets(to_mac)
    body = ARP.pack(
        1, ETHERTYPE_IPV4, 6, 4, operation, octets(mac), address.packed, asked, to.packed
    )
    return octets(to_mac) + octets(mac) + struct.pack("!H", ETHERTYPE_ARP) + body


def _neighbour(path: Path, kind: int, flags: int, target: Address, option: int) -> bytes:
    body = NEIGHBOUR.pack(kind, 0, 0, flags, target.packed, option, 1, octets(path.source_mac))
    return _packet(path, body)


def _echo(path: Path, kind: int, echo: Echo) -> bytes:
    return _packet(path, ECHO.pack(kind, 0, 0, echo.identity, echo.sequence) + echo.payload)


def _packet(path: Path, message: bytes) -> bytes:
    if path.source.version == 4:  # noqa: PLR2004  the IP version
        ethertype, head, covered = ETHERTYPE_IPV4, _ipv4(path, len(message)), message
    else:
        ethertype, head = ETHERTYPE_IPV6, _ipv6(path, len(message))
        covered = pseudo_header(path.source, path.target, len(message)) + message
    ethernet = octets(path.target_mac) + octets(path.source_mac) + struct.pack("!H", ethertype)
    return ethernet + head + message[:2] + struct.pack("!H", checksum(covered)) + message[4:]


def _ipv4(path: Path, length: int) -> bytes:
    def head(total: int) -> bytes:
        return IPV4.pack(
            0x45, 0, 20 + length, 0, 0x4000, 64, ICMP, total, path.source.packed, path.target.packed
        )

    return head(checksum(head(0)))


def _ipv6(path: Path, length: int) -> bytes:
    # Receivers drop neighbour discovery that may have crossed a router: hop limit 255 proves.
    return IPV6.pack(6 << 28, length, ICMPV6, 255, path.source.packed, path.target.packed)
