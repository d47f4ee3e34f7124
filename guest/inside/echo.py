"""Ping addresses, and print of each how many requests were sent and how many were answered.

The first line, `begun`, comes before the first request.

Arguments: number of requests, seconds to wait at most for each address, and the addresses.

As in the program that waits for adverts, nothing is imported that is slow to start.
"""

import _socket as socket
import posix
import select
import struct
import sys
import time

IPV4, IPV6 = 4, 6
REQUEST, REPLY = {IPV4: 8, IPV6: 128}, {IPV4: 0, IPV6: 129}
HEAD = struct.Struct("!BBHHH")
EVERY = 0.05


def main(
    wire: socket.socket, version: int, identity: int, target: str, count: int, seconds: float
) -> "tuple[int, int]":
    """Return how many requests were tried and how many of them were answered."""
    answered, sent = {-1}, 0
    now = time.monotonic()
    end, following = now + seconds, now
    while now < end and len(answered) <= count:
        if sent < count and now >= following:
            send(wire, request(version, identity, sent), target)
            sent, following = sent + 1, now + EVERY
        wait = min(end, following if sent < count else end) - now
        if select.select([wire], [], [], max(0, wait))[0]:
            packet, sender = wire.recvfrom(2048)
            if is_from(target, sender[0]):
                answered.add(answer(version, identity, packet))
        now = time.monotonic()
    return sent, len(answered) - 1


def raw_socket(version: int) -> socket.socket:
    """Return a socket that carries the ICMP of this IP version."""
    if version == IPV4:
        return socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_ICMP)
    return socket.socket(socket.AF_INET6, socket.SOCK_RAW, socket.IPPROTO_ICMPV6)


def send(wire: socket.socket, packet: bytes, target: str) -> None:
    """Send the packet; one that the kernel refuses counts as one that got no answer."""
    try:
        wire.sendto(packet, (target, 0))
    except OSError:
        return  # and says nothing: the answer of another program may be read beside this one's


def request(version: int, identity: int, sequence: int) -> bytes:
    """Return an echo request; the kernel fills in the checksum of version 6."""
    head = HEAD.pack(REQUEST[version], 0, 0, identity, sequence)
    if version == IPV6:
        return head
    total = sum(struct.unpack("!4H", head))
    checksum = ~((total & 0xFFFF) + (total >> 16)) & 0xFFFF
    return HEAD.pack(REQUEST[version], 0, checksum, identity, sequence)


def is_from(target: str, sender: str) -> bool:
    """Say whether a packet is the target's: who else pings from here may have our identity."""
    return sender.partition("%")[0] == target.partition("%")[0]


def answer(version: int, identity: int, packet: bytes) -> int:
    """Return the sequence number that the packet answers, or -1 for other packets."""
    body = packet[(packet[0] & 15) * 4 :] if version == IPV4 else packet
    if len(body) < HEAD.size:
        return -1
    kind, _, _, whose, sequence = HEAD.unpack_from(body)
    return int(sequence) if (kind, whose) == (REPLY[version], identity) else -1


if __name__ == "__main__":
    _, count_, seconds_, *targets_ = sys.argv
    sys.stdout.write("begun\n")
    sys.stdout.flush()
    # An identity for each: a late reply of one is none of the next.
    for identity_, target_ in enumerate(targets_, start=posix.getpid()):
        version_ = IPV6 if ":" in target_ else IPV4
        wire_ = raw_socket(version_)
        told = main(wire_, version_, identity_ & 0xFFFF, target_, int(count_), float(seconds_))
        print(*told)  # noqa: T201  the answer
