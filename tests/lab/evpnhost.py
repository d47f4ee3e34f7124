"""Hosts on an EVPN lab, whose MAC can be put on one leaf and then on another."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass

from lab.client import Client, ip, plugged
from vipprov.guest.deadline import Deadline, SystemClock
from vipprov.hv.fabric import evpnlab
from vipprov.hv.fabric.evpnspec import FIRST_VNI
from vipprov.hv.fabric.evpnstate import Fabric

PATIENCE = 10.0


def by(seconds: float = PATIENCE) -> Deadline:
    return Deadline.after(seconds, clock=SystemClock())


@dataclass(frozen=True, slots=True)
class Wanderer:
    """One MAC and address that two clients share, as the members of a pair share a virtual one."""

    lab: str
    mac: str
    address: str
    places: dict[str, Client]

    def arrive(self, bridge: str) -> None:
        """Speak from this leaf, as a new owner does: gratuitous ARP from the shared MAC."""
        client = self.places[bridge]
        said = client.run("arping", "-U", "-c", "1", "-w", "3", "-I", "shared", self.address)
        assert said.returncode == 0, said.stdout + said.stderr

    def await_sequence(self, expected: int) -> Fabric:
        """Return the lab once every leaf has this sequence number for the MAC."""

        def arrived() -> Fabric | None:
            fabric = evpnlab.status(self.lab, by=by())
            known = [leaf.mac(self.mac, vni=FIRST_VNI) for leaf in fabric.leafs]
            there = all(one is not None and one.sequence == expected for one in known)
            return fabric if there else None

        return by().poll(arrived, what=f"sequence {expected} of {self.mac}", every=0.1)


@contextmanager
def wandering(lab: str, mac: str, address: str, *bridges: str) -> Iterator[Wanderer]:
    """Yield a MAC that has a place on each of these leafs, and has not spoken yet."""
    with ExitStack() as undo:
        places = {bridge: undo.enter_context(plugged(bridge)) for bridge in bridges}
        for client in places.values():
            inside = ("-n", client.namespace)
            macvlan = ("type", "macvlan", "mode", "private")
            ip(*inside, "link", "add", "shared", "link", "eth0", "address", mac, *macvlan)
            client.run("sysctl", "-qw", "net.ipv6.conf.all.disable_ipv6=1")
            ip(*inside, "link", "set", "shared", "up")
            ip(*inside, "address", "add", address, "dev", "shared")
        yield Wanderer(lab, mac, address.partition("/")[0], places)


def prewarmed(*clients: tuple[Client, str]) -> None:
    """Let every client resolve every other, so that nothing works by the luck of a first ARP."""
    for client, _ in clients:
        for other, address in clients:
            assert other is client or client.pings(address), address
