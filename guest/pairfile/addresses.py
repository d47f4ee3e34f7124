"""IP and MAC addresses as they may stand in a pair file."""

import re
from ipaddress import (
    IPv4Address,
    IPv4Interface,
    IPv6Interface,
    ip_address,
    ip_interface,
)

from vipprov.guest.pair import Address, Interface
from vipprov.guest.pairfile.mistake import Mistaken, kind, shown

# The virtual routers' own MACs (RFC 9568 §7.3), IPv4 and IPv6.
_VIRTUAL_ROUTERS = ("00:00:5e:00:01:", "00:00:5e:00:02:")


def on_guest(value: object) -> Interface:
    """Return the address of a guest's NIC; it has a mask, for the mask says who is a neighbour."""
    address = virtual(value)
    if "/" not in str(value):
        what = f"{value} has no mask"
        raise Mistaken(what, f"Write {value}/{_usual(address)}")
    if address.network.prefixlen == address.max_prefixlen:
        what = f"{value} is a subnet of one address, so no virtual address can lie in it"
        raise Mistaken(what, f"Write the subnet's mask: {address.ip}/{_usual(address)}")
    return address


def virtual(value: object) -> Interface:
    """Return a virtual address; without a mask it stands alone, as /32 or /128."""
    if not isinstance(value, str):
        raise Mistaken(f"must be an address, not {kind(value)}", "Write 10.50.50.50/24")
    if not re.fullmatch(r"[0-9A-Fa-f:.]+(/[0-9]{1,3})?", value):
        raise Mistaken(f"{shown(value)} is no address", _address_like(value))
    try:
        address = ip_interface(value)
    except ValueError as error:
        what = f"{shown(value)} is no address"
        raise Mistaken(what, "Write one such as 10.50.50.50/24 or fd00:50::50/64") from error
    _refuse_special(address)
    return address


def host(value: object) -> Address:
    """Return an address without a mask."""
    if isinstance(value, str) and "/" in value:
        what = f"{shown(value)} has a mask"
        raise Mistaken(what, "Write the address alone, such as 10.50.50.1")
    return virtual(value).ip


def server(value: object) -> Address:
    """Return the address of a server that a guest asks; it may be the guest itself."""
    if isinstance(value, str) and value in {"127.0.0.1", "127.0.0.53", "::1"}:
        return ip_address(value)
    return host(value)


def mac(value: object) -> str:
    """Return a NIC's MAC address in lower case."""
    if not isinstance(value, str):
        what = f"must be a MAC address, not {kind(value)}"
        raise Mistaken(what, 'Write it in quotes: "52:54:00:aa:bb:cc"')
    address = value.lower()
    if not re.fullmatch(r"[0-9a-f]{2}(:[0-9a-f]{2}){5}", address):
        raise Mistaken(f"{shown(value)} is no MAC address", _mac_like(address))
    if address.startswith(_VIRTUAL_ROUTERS):
        what = f"{address} belongs to a virtual router (RFC 9568), not to a NIC"
        raise Mistaken(what, "Leave mac out, or write one such as 52:54:00:aa:bb:cc")
    first = int(address[:2], 16)
    if first & 1 or address == "00:00:00:00:00:00":
        what = f"{address} cannot be the address of one NIC"
        raise Mistaken(what, "Write a unicast address such as 52:54:00:aa:bb:cc")
    if address.startswith("fe:"):
        what = f"{address} begins with fe, which libvirt keeps for its own ends of NICs"
        raise Mistaken(what, "Write one such as 52:54:00:aa:bb:cc")
    return address


def is_edge(address: Address, network: Interface) -> bool:
    """Say whether the address is the first or last of a subnet that reserves them."""
    subnet = network.network
    if subnet.num_addresses <= 2:  # noqa: PLR2004  RFC 3021: a point-to-point subnet reserves none
        return False
    if isinstance(address, IPv4Address):
        return address in (subnet.network_address, subnet.broadcast_address)
    return address == subnet.network_address


def _refuse_special(address: Interface) -> None:
    for name, special in (
        ("the unspecified address", address.ip.is_unspecified),
        ("a loopback address", address.ip.is_loopback),
        ("a multicast address", address.ip.is_multicast),
        ("a link-local address", address.ip.is_link_local),
        ("a reserved address", address.ip.is_reserved or str(address.ip).startswith("0.")),
    ):
        if special:
            what = f"{address.ip} is {name}"
            raise Mistaken(what, f"Write an address of the subnet, such as {_example(address)}")
    if is_edge(address.ip, address):
        name = "network" if address.ip == address.network.network_address else "broadcast"
        what = f"{address.ip} is the {name} address of {address.network}"
        raise Mistaken(what, f"Write an address between the two ends of {address.network}")


def _example(address: Interface) -> str:
    match address:
        case IPv4Interface():
            return "10.50.50.50"
        case IPv6Interface():
            return "fd00:50::50"


def _usual(address: Interface) -> int:
    return 24 if isinstance(address, IPv4Interface) else 64


def _address_like(text: str) -> str:
    if re.fullmatch(r"[0-9.]+/[0-9]+(\.[0-9]+){3}", text):
        return "Write the mask as a number of bits: 10.50.50.50/24"
    if "%" in text:
        return "Leave out the interface after the %"
    return "Write one such as 10.50.50.50/24 or fd00:50::50/64"


def _mac_like(text: str) -> str:
    digits = re.sub(r"[.:-]", "", text)
    if re.fullmatch(r"[0-9a-f]{12}", digits):
        pairs = ":".join(digits[at : at + 2] for at in range(0, 12, 2))
        return f"Write {pairs}"
    return "Write six pairs of hexadecimal digits: 52:54:00:aa:bb:cc"
