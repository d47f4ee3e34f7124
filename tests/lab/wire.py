"""Frames from a raw socket in one network namespace, observed at another port of the bridge."""

import ctypes
import os
import select
import socket
import struct
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from ipaddress import IPv4Address
from pathlib import Path
from subprocess import CalledProcessError
from typing import Protocol
from uuid import uuid4

from lab.foreign import run

CLONE_NEWNET = 0x40000000
ETH_P_ALL = 3
PATIENCE = 5.0
# struct virtio_net_hdr, all zero.
NO_OFFLOAD = bytes(10)
BROADCAST = "ff:ff:ff:ff:ff:ff"
CLIENT_MAC, CLIENT_ADDRESS = "52:54:00:cc:00:01", "192.0.2.99"
# An ARP answer that names this address is the last frame of a series.
END = "192.0.2.254"


class Plug(Protocol):
    """Where frames are sent from and arrive."""

    def send(self, *frames: bytes) -> None: ...

    def until(self, last: bytes) -> list[bytes]: ...


@dataclass(frozen=True, slots=True)
class Tap:
    """A macvtap as a hypervisor holds it: each frame has a virtio header in front."""

    descriptor: int

    def send(self, *frames: bytes) -> None:
        for frame in frames:
            os.write(self.descriptor, NO_OFFLOAD + frame)

    def until(self, last: bytes) -> list[bytes]:
        """Return the frames that arrive before this one."""
        found: list[bytes] = []
        while select.select([self.descriptor], [], [], PATIENCE)[0]:
            frame = os.read(self.descriptor, 2048)[len(NO_OFFLOAD) :]
            if frame[: len(last)] == last:
                return found
            found.append(frame)
        raise TimeoutError


@dataclass(frozen=True, slots=True)
class Port:
    """A raw socket on a device."""

    socket: socket.socket

    def send(self, *frames: bytes) -> None:
        for frame in frames:
            self.socket.send(frame)

    def until(self, last: bytes, *, patience: float = PATIENCE) -> list[bytes]:
        """Return the frames that arrive before this one, which everything lets through."""
        self.socket.settimeout(patience)
        found = []
        while (frame := self.socket.recv(2048))[: len(last)] != last:
            found.append(frame)
        return found


def arp(source: str, sender: str, address: str) -> bytes:
    """Return a broadcast ARP answer: this address is at the sender's MAC."""
    packed = IPv4Address(address).packed
    body = struct.pack(
        "!HHBBH6s4s6s4s", 1, 0x0800, 6, 4, 2, raw(sender), packed, raw(BROADCAST), packed
    )
    return raw(BROADCAST) + raw(source) + struct.pack("!H", 0x0806) + body


def ipv4(source: str, address: str, *, to_mac: str, to: str) -> bytes:
    """Return an ICMP echo reply."""
    icmp = struct.pack("!BBHHH", 0, 0, _checksum(struct.pack("!BBHHH", 0, 0, 0, 1, 1)), 1, 1)
    ends = (IPv4Address(address).packed, IPv4Address(to).packed)
    header = struct.pack("!BBHHHBBH4s4s", 0x45, 0, 20 + len(icmp), 1, 0, 64, 1, 0, *ends)
    header = header[:10] + struct.pack("!H", _checksum(header)) + header[12:]
    return raw(to_mac) + raw(source) + struct.pack("!H", 0x0800) + header + icmp


def raw(mac: str) -> bytes:
    return bytes.fromhex(mac.replace(":", ""))


def arrived(frame: bytes, among: Iterable[bytes]) -> bool:
    """Say whether the frame is among these; short ones may have been padded on the way."""
    return any(seen[: len(frame)] == frame for seen in among)


@contextmanager
def port_of(pid: int, device: str) -> Iterator[Port]:
    """Yield a port on a device in the network namespace of a process."""
    # A thread that has ended can do nothing more in the namespace that it entered.
    with ThreadPoolExecutor(max_workers=1) as visitor:
        opened = visitor.submit(_opened, Path(f"/proc/{pid}/ns/net"), device).result()
    with opened:
        yield Port(opened)


@contextmanager
def client(bridge: str) -> Iterator[Port]:
    """Yield a port of the bridge that is no machine's; nothing of it is left afterwards."""
    end, plug = f"{bridge}c", f"{bridge}p"
    try:
        run("ip", "link", "add", end, "address", CLIENT_MAC, "type", "veth", "peer", "name", plug)
        run("sysctl", "-qw", f"net.ipv6.conf.{end}.disable_ipv6=1")
        run("ip", "link", "set", plug, "master", bridge, "up")
        run("ip", "link", "set", end, "up", "promisc", "on")
        with port_of(os.getpid(), end) as opened:
            yield opened
    finally:
        with suppress(CalledProcessError):
            run("ip", "link", "del", plug)


@contextmanager
def macvtap(mode: str, mac: str, *, promisc: str = "off") -> Iterator[tuple[Tap, Port]]:
    """Yield a macvtap of this mode, and the far end of the cable under it."""
    token = uuid4().hex[:8]
    lower, far, tap = f"ml{token}", f"mf{token}", f"mt{token}"
    try:
        run("ip", "link", "add", lower, "type", "veth", "peer", "name", far)
        kind = ("type", "macvtap", "mode", mode)
        run("ip", "link", "add", "link", lower, "name", tap, "address", mac, *kind)
        for device in (lower, far, tap):
            run("sysctl", "-qw", f"net.ipv6.conf.{device}.disable_ipv6=1")
            run("ip", "link", "set", device, "up")
        run("ip", "link", "set", tap, "promisc", promisc)
        index = Path(f"/sys/class/net/{tap}/ifindex").read_text().strip()
        held = os.open(f"/dev/tap{index}", os.O_RDWR)
        try:
            with port_of(os.getpid(), far) as client:
                yield Tap(held), client
        finally:
            os.close(held)
    finally:
        with suppress(CalledProcessError):
            run("ip", "link", "del", lower)


def _opened(namespace: Path, device: str) -> socket.socket:
    libc = ctypes.CDLL(None, use_errno=True)
    with namespace.open() as entered:
        if libc.setns(entered.fileno(), CLONE_NEWNET) != 0:
            raise OSError(ctypes.get_errno(), f"setns {namespace}")
    opened = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(ETH_P_ALL))
    opened.bind((device, ETH_P_ALL))
    return opened


def _checksum(data: bytes) -> int:
    total: int = sum(struct.unpack(f"!{len(data) // 2}H", data))
    total = (total & 0xFFFF) + (total >> 16)
    return ~(total + (total >> 16)) & 0xFFFF
