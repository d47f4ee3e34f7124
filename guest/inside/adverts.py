"""Wait for a VRRP advert from a peer, and print its source, router id, priority and version.

The last line is `end`, so that an answer which was cut off is known for one.
Arguments: IP version, virtual router id, seconds to wait at most, the file that tells this guest's
own role, addresses of the peers. A guest that is MASTER hears no adverts, and waits for none.

Without `json` and `socket` Python starts in a third of the time, and on an emulated processor that
counts. What `socket` adds to the module that it is made of is not needed here.
"""

import _socket as socket
import select
import sys
import time

IPV4 = 4
VRRP = 112
SHORTEST = 8
LOOK_EVERY = 0.05


def main(
    version: int, router: int, seconds: float, role: str, peers: "list[str]"
) -> "list[tuple[object, ...]]":
    """Return the first advert of this router from a peer; an empty list if none came."""
    family = socket.AF_INET if version == IPV4 else socket.AF_INET6
    end = time.monotonic() + seconds
    listener = socket.socket(family, socket.SOCK_RAW, VRRP)
    while time.monotonic() < end and not is_master(role):
        if not select.select([listener], [], [], LOOK_EVERY)[0]:
            continue
        packet, sender = listener.recvfrom(2048)
        source = sender[0].partition("%")[0]
        found = advert(packet, version)
        if found and found[0] == router and source in peers:
            return [(source, *found)]
    return []


def is_master(role: str) -> bool:
    """Say whether the file says that this guest is MASTER; one that is not there says nothing."""
    try:
        with open(role) as told:  # noqa: PTH123  a small old Python starts sooner without pathlib
            return told.read().startswith("MASTER ")
    except OSError:
        return False


def advert(packet: bytes, version: int) -> "tuple[int, ...]":
    """Return the packet's router id, priority and version; nothing if it is too short for them."""
    # The kernel hands over the IP header of version 4 and keeps that of version 6.
    body = packet[(packet[0] & 15) * 4 :] if version == IPV4 else packet
    if len(body) < SHORTEST:
        return ()
    return body[1], body[2], body[0] >> 4


if __name__ == "__main__":
    _, version_, router_, seconds_, role_, *peers_ = sys.argv
    for heard in main(int(version_), int(router_), float(seconds_), role_, peers_):
        print(*heard)  # noqa: T201  the answer
    print("end")  # noqa: T201  and its end
