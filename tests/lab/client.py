"""A client of the virtual IP: a namespace of its own, plugged into a leaf."""

import re
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from uuid import uuid4


def ip(*arguments: str) -> str:
    return subprocess.run(["ip", *arguments], check=True, capture_output=True, text=True).stdout


@dataclass(frozen=True, slots=True)
class Client:
    """A host in the segment that asks and pings with ordinary programs."""

    namespace: str

    def run(self, *argv: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            ["ip", "netns", "exec", self.namespace, *argv],
            capture_output=True,
            text=True,
            check=False,
        )

    def arp_answers(self, address: str, *, count: int = 3) -> list[str]:
        """Return the MAC of each answer to so many ARP requests."""
        done = self.run("arping", "-c", str(count), "-w", "4", "-I", "eth0", address)
        return [mac.lower() for mac in re.findall(r"\[([0-9A-Fa-f:]{17})\]", done.stdout)]

    def pings(self, address: str, *, count: int = 3) -> bool:
        """Say whether every ping is answered, exactly once."""
        done = self.run("ping", "-n", "-c", str(count), "-i", "0.2", "-W", "1", address)
        return (
            done.returncode == 0 and "DUP!" not in done.stdout and " 0% packet loss" in done.stdout
        )

    def neighbour(self, address: str) -> str | None:
        """Return the MAC under which the kernel knows this address."""
        found = re.search(r"lladdr (\S+)", self.run("ip", "neigh", "show", address).stdout)
        return found and found[1]


@contextmanager
def plugged(bridge: str, *addresses: str) -> Iterator[Client]:
    """Yield a client with these addresses on the bridge; nothing of it is left afterwards."""
    token = uuid4().hex[:8]
    namespace, port = f"client-{token}", f"cl{token}"
    try:
        ip("netns", "add", namespace)
        ip("link", "add", port, "type", "veth", "peer", "name", "eth0", "netns", namespace)
        ip("link", "set", port, "master", bridge, "up")
        ip("-n", namespace, "link", "set", "lo", "up")
        ip("-n", namespace, "link", "set", "eth0", "up")
        for address in addresses:
            ip("-n", namespace, "address", "add", address, "dev", "eth0", "nodad")
        yield Client(namespace)
    finally:
        subprocess.run(["ip", "netns", "del", namespace], check=False, capture_output=True)
        subprocess.run(["ip", "link", "del", port], check=False, capture_output=True)
