"""Prepare the heir of a handover, and announce again and again that it has the addresses.

Arguments: seconds between two announcements, and for each virtual address the device that will
carry it, its MAC and the address itself, joined by commas. It goes on until systemd ends it.

keepalived announces five times within two milliseconds. A leaf that still has the address from its
neighbour, by BGP, heeds none of them, and keepalived's next come after five seconds.
"""

import select
import socket
import struct
import subprocess
import sys

ARP = 0x0806
BROADCAST = b"\xff" * 6


def main(every: float, told: "list[list[str]]") -> None:
    """Announce what is here, and only that, until the end."""
    for _, _, address in told:
        if ":" in address:
            # The kernel accepts an IPv6 address before it takes packets for it, and keepalived
            # announces it in between. A local route takes them, and answers nobody's question.
            act("ip", "-6", "route", "replace", "local", address, "dev", "lo")
    announced = [one for one in told if ":" not in one[2]]
    while True:
        for device, mac, address in announced:
            if is_here(address):
                announce(device, bytes.fromhex(mac.replace(":", "")), socket.inet_aton(address))
        select.select([], [], [], every)


def is_here(address: str) -> bool:
    """Say whether this guest has the IPv4 address."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as tried:
        try:
            tried.bind((address, 0))
        except OSError:
            return False
    return True


def announce(device: str, mac: bytes, address: bytes) -> None:
    """Send a gratuitous ARP, as keepalived does."""
    head = BROADCAST + mac + struct.pack("!H", ARP)
    body = struct.pack("!HHBBH", 1, 0x0800, 6, 4, 1) + mac + address + bytes(6) + address
    with socket.socket(socket.AF_PACKET, socket.SOCK_RAW) as wire:
        try:
            wire.bind((device, ARP))
            wire.send(head + body)
        except OSError:
            pass  # keepalived makes the device anew when it starts


def act(*command: str) -> None:
    """Run a command; one that fails leaves things as they are without it."""
    subprocess.run(command, check=False, capture_output=True)


if __name__ == "__main__":
    main(float(sys.argv[1]), [one.split(",") for one in sys.argv[2:]])
