"""What a port lets through, measured with packets."""

from collections.abc import Mapping
from dataclasses import dataclass, fields

from lab import wire
from lab.foreign import ADDRESS, MAC
from measured import Table

VMAC, VIP = "00:00:5e:00:01:32", "192.0.2.50"
THIRD = "52:54:00:dd:00:01"

OUT = {
    "own": wire.arp(MAC, MAC, ADDRESS),
    "own_ip": wire.ipv4(MAC, ADDRESS, to_mac=wire.CLIENT_MAC, to=wire.CLIENT_ADDRESS),
    "vmac_arp": wire.arp(VMAC, VMAC, VIP),
    "vmac_ip": wire.ipv4(VMAC, VIP, to_mac=wire.CLIENT_MAC, to=wire.CLIENT_ADDRESS),
    "vip_from_own": wire.ipv4(MAC, VIP, to_mac=wire.CLIENT_MAC, to=wire.CLIENT_ADDRESS),
    "third_arp": wire.arp(THIRD, THIRD, ADDRESS),
    "third_ip": wire.ipv4(THIRD, ADDRESS, to_mac=wire.CLIENT_MAC, to=wire.CLIENT_ADDRESS),
    "forged_arp": wire.arp(MAC, THIRD, ADDRESS),
}
HEAD = (
    "port",
    "own ARP",
    "own IPv4",
    "vMAC's ARP",
    "vMAC's IPv4",
    "vIP from own MAC",
    "third MAC's ARP",
    "third MAC's IPv4",
    "ARP naming a third MAC",
    "to own MAC",
    "to vMAC",
    "vIP",
)
LAST_OUT = wire.arp(MAC, MAC, ADDRESS) + b"end"
TO_OWN = wire.ipv4(wire.CLIENT_MAC, wire.CLIENT_ADDRESS, to_mac=MAC, to=ADDRESS)
TO_VMAC = wire.ipv4(wire.CLIENT_MAC, wire.CLIENT_ADDRESS, to_mac=VMAC, to=VIP)
LAST_IN = wire.arp(wire.CLIENT_MAC, wire.CLIENT_MAC, wire.CLIENT_ADDRESS) + b"end"


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """Which frames arrived: from the guest at a client, and from the client in the guest."""

    own: bool
    own_ip: bool
    vmac_arp: bool
    vmac_ip: bool
    vip_from_own: bool
    third_arp: bool
    third_ip: bool
    forged_arp: bool
    to_own: bool
    to_vmac: bool

    @property
    def is_vip_alive(self) -> bool:
        """Whether a client that asks for the vIP gets an answer, and pings get through and back."""
        return self.vmac_arp and self.to_vmac and self.vip_from_own

    def words(self) -> list[str]:
        found = (*(getattr(self, field.name) for field in fields(self)), self.is_vip_alive)
        return ["yes" if arrives else "**no**" for arrives in found]


def table(rows: Mapping[str, Seen]) -> Table:
    """Return the rows as the table that the documentation shows."""
    return Table(head=HEAD, rows={name: seen.words() for name, seen in rows.items()})


def measure(guest: wire.Plug, client: wire.Plug) -> Seen:
    """Send each frame out of the guest, then into it."""
    guest.send(*OUT.values(), LAST_OUT)
    out = client.until(LAST_OUT)
    client.send(TO_OWN, TO_VMAC, LAST_IN)
    into = guest.until(LAST_IN)
    return Seen(
        **{name: wire.arrived(frame, out) for name, frame in OUT.items()},
        to_own=wire.arrived(TO_OWN, into),
        to_vmac=wire.arrived(TO_VMAC, into),
    )
