"""network-config version 2: a guest's NICs, in words that every renderer of cloud-init takes."""

from enum import Enum

from vipprov.cloudinit import yamltext
from vipprov.guest.pair import Address, Guest, Interface, Pair

MANAGEMENT_METRIC = 1000
# networkd takes the first file that fits a NIC, and netplan names its files after the keys. Debian
# has keys `all-en` and `all-eth` in its cloud images, which ask DHCP: ours come before them.
FIRST = "0-"


class NicNaming(Enum):
    """How the guest tells its NICs apart."""

    # A veth has no permanent MAC, and that is the one that netplan and networkd match.
    BY_NAME = "by name"
    BY_MAC = "by MAC"


def document(pair: Pair, guest: Guest, naming: NicNaming) -> str:
    """Return network-config: the NIC under the vIP, and the management NIC where there is one."""
    name = pair.interface
    nics = {_key(name, naming): _vip_nic(pair, guest) | _match(guest.mac, name, naming)}
    if guest.management_mac is not None:
        name = pair.management_interface
        match = _match(guest.management_mac, name, naming)
        nics[_key(name, naming)] = _management_nic(guest) | match
    return yamltext.dump({"version": 2, "ethernets": nics})


def _vip_nic(pair: Pair, guest: Guest) -> dict[str, object]:
    # It is not `optional`: where all NICs are, systemd 252 waits two minutes for any of them to be
    # online at each boot, and keepalived waits with it (seen with netplan 0.106).
    nic = _static(guest.addresses)
    if pair.gateways:
        nic["routes"] = [route for gateway in pair.gateways for route in _default(gateway)]
    if pair.dns:
        nic["nameservers"] = {"addresses": [str(server) for server in pair.dns]}
    return nic


def _management_nic(guest: Guest) -> dict[str, object]:
    if guest.management_addresses:
        return _static(guest.management_addresses) | {"optional": True}
    # Where both networks offer a default route, the one of the vIP wins.
    return {
        "dhcp4": True,
        "dhcp6": False,
        "optional": True,
        "dhcp4-overrides": {"route-metric": MANAGEMENT_METRIC},
    }


def _static(addresses: tuple[Interface, ...]) -> dict[str, object]:
    return {
        "dhcp4": False,
        "dhcp6": False,
        "accept-ra": False,
        "addresses": [str(address) for address in addresses],
    }


def _default(gateway: Address) -> list[dict[str, str]]:
    """Return the default route, in words that cloud-init 22.4 understands.

    Its renderers refuse `default` (canonical/cloud-init#3988) and turn `::/0` into `::/64`
    (canonical/cloud-init#4600), so IPv6 goes by two halves. `gateway6` makes later versions warn.
    """
    halves = ("0.0.0.0/0",) if gateway.version == 4 else ("::/1", "8000::/1")  # noqa: PLR2004  IPv4
    return [{"to": half, "via": str(gateway)} for half in halves]


def _key(name: str, naming: NicNaming) -> str:
    """Return what the document calls a NIC: as we like where it is matched by its MAC."""
    return name if naming is NicNaming.BY_NAME else f"{FIRST}{name}"


def _match(mac: str, name: str, naming: NicNaming) -> dict[str, object]:
    if naming is NicNaming.BY_NAME:
        return {}
    return {"match": {"macaddress": mac}, "set-name": name}
