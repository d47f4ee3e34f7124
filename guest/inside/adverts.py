"""Wait for a VRRP advert from a peer, and print those that came as one line of JSON.

Arguments: IP version, virtual router id, seconds to wait at most, the file that tells this guest's
own role, addresses of the peers. A guest that is MASTER hears no adverts, and waits for none.
"""

import json
import select
import socket
import sys
import time

IPV4 = 4
VRRP = 112
SHORTEST = 8
LOOK_EVERY = 0.05


def main(
    version: int, router: int, seconds: float, role: str, peers: "list[str]"
) -> "list[object]":
    """Return the first advert of this router from a peer; an empty list if none came."""
    family = socket.AF_INET if version == IPV4 else socket.AF_INET6
    end = time.monotonic() + seconds
    with socket.socket(family, socket.SOCK_RAW, VRRP) as listener:
        while time.monotonic() < end and not is_master(role):
            if not select.select([listener], [], [], LOOK_EVERY)[0]:
                continue
            packet, sender = listener.recvfrom(2048)
            found = advert(packet, sender[0].partition("%")[0], version)
            if found.get("virtual_router_id") == router and found["source"] in peers:
                return [found]
    return []


def is_master(role: str) -> bool:
    """Say whether the file says that this guest is MASTER; one that is not there says nothing."""
    try:
        with open(role) as told:  # noqa: PTH123  a small old Python starts sooner without pathlib
            return told.read().startswith("MASTER")
    except OSError:
        return False


def advert(packet: bytes, source: str, version: int) -> "dict[str, object]":
    """Return what the packet says, or nothing if it is too short to be an advert."""
    # The kernel hands over the IP header of version 4 and keeps that of version 6.
    body = packet[(packet[0] & 15) * 4 :] if version == IPV4 else packet
    if len(body) < SHORTEST:
        return {}
    return {
        "source": source,
        "virtual_router_id": body[1],
        "priority": body[2],
        "version": body[0] >> 4,
    }


if __name__ == "__main__":
    _, version_, router_, seconds_, role_, *peers_ = sys.argv
    json.dump(main(int(version_), int(router_), float(seconds_), role_, peers_), sys.stdout)
