"""Wait for a VRRP advert of each instance from a peer, and print what is known of it.

That is the file of the instance's role, source, router id, priority and version. The first line,
`begun`, comes once it listens, and the last is `end`: an answer that was cut off is known for one.

Arguments: seconds to wait at most, and for each instance its IP version, virtual router id, the
file that tells this guest's own role, and the addresses of the peers, joined by commas. A guest
that is MASTER hears no adverts, and waits for none.

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
LOOK_EVERY = 0.1


def main(seconds: float, instances: "list[list[str]]") -> "list[tuple[object, ...]]":
    """Return the first advert of each instance that comes from a peer."""
    end = time.monotonic() + seconds
    missing = {(int(version), int(router)): rest for version, router, *rest in instances}
    listeners = {opened(version): version for version in {version for version, _ in missing}}
    sys.stdout.write("begun\n")
    sys.stdout.flush()
    heard = []  # type: list[tuple[object, ...]]
    while time.monotonic() < end:
        missing = {key: rest for key, rest in missing.items() if not is_master(rest[0])}
        if not missing:
            break
        for listener in select.select(list(listeners), [], [], LOOK_EVERY)[0]:
            packet, sender = listener.recvfrom(2048)
            source = sender[0].partition("%")[0]
            found = advert(packet, listeners[listener])
            key = (listeners[listener], found[0]) if found else (0, 0)
            if key in missing and source in missing[key][1:]:
                heard.append((missing.pop(key)[0], source, *found))
    return heard


def opened(version: int) -> "socket.socket":
    """Return a socket that hears adverts of this IP version."""
    family = socket.AF_INET if version == IPV4 else socket.AF_INET6
    return socket.socket(family, socket.SOCK_RAW, VRRP)


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
    _, seconds_, *wanted_ = sys.argv
    for heard_ in main(float(seconds_), [one.split(",") for one in wanted_]):
        print(*heard_)  # noqa: T201  the answer
    print("end")  # noqa: T201  and its end
