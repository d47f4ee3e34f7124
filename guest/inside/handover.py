"""Hand the virtual addresses over to a peer without losing a packet; run by systemd in the owner.

Arguments: seconds to wait for the heir, seconds to hold on beside it, the address of the heir for
each IP version, and for each instance its IP version, router id and device, joined by commas.

keepalived is frozen while the kernel goes on answering, so a peer misses the adverts and takes
over; the fabric learns from its announcements. Only then do the devices go, and keepalived is
killed and started anew: one that is thawed would say once more that it is the owner.

Whoever asked for this reads standard output. Once nobody does there is no time to lose: an heir
that has not spoken by then is not waited for, and beside one that has we hold on no longer.
"""

import json
import select
import socket
import subprocess
import sys
import time

UNIT = "keepalived.service"
VRRP = 112
IPV4 = 4
TOLD = 1


def main(patience: float, hold: float, heirs: "list[str]", told: "list[list[str]]") -> str:
    """Return how it went; whatever happens, keepalived runs afterwards."""
    wanted = {(int(version), int(router)) for version, router, _ in told}
    listeners = {opened(version): version for version, _ in wanted}
    # A gratuitous ARP of the heir asks for its own address, and our kernel would answer it with the
    # virtual MAC: five of them move the MAC ten times (measured).
    before = [(device, setting(device, "drop_gratuitous_arp", "1")) for _, _, device in told]
    act("systemctl", "kill", "--signal=STOP", UNIT)
    try:
        if not heard(listeners, wanted, heirs, patience):
            for device, value in before:
                setting(device, "drop_gratuitous_arp", value)
            return "nobody"
        # Nobody but the heir shall answer from now on who has the address.
        for _, _, device in told:
            setting(device, "arp_ignore", "8")
        watched([]).poll(hold * 1000)
        # From here on there is no way back, nor a need of one: should the heir die now, we are a
        # backup that takes over from it.
        let_go([device for _, _, device in told])
    finally:
        # No more than a word to one that is not frozen, and to one that is not there.
        act("systemctl", "kill", "--signal=CONT", UNIT)
    return "done"


def heard(
    listeners: "dict[socket.socket, int]",
    wanted: "set[tuple[int, int]]",
    heirs: "list[str]",
    seconds: float,
) -> bool:
    """Say whether the heir advertises every instance within this time, while somebody waits."""
    end = time.monotonic() + seconds
    missing = set(wanted)
    waiting = watched(list(listeners))
    by_number = {listener.fileno(): listener for listener in listeners}
    while missing and time.monotonic() < end:
        for number, _ in waiting.poll(max(0.0, end - time.monotonic()) * 1000):
            if number == TOLD:
                return False
            packet, sender = by_number[number].recvfrom(2048)
            version = listeners[by_number[number]]
            body = packet[(packet[0] & 15) * 4 :] if version == IPV4 else packet
            if sender[0].partition("%")[0] in heirs and len(body) > 2 and body[2] > 0:  # noqa: PLR2004  up to the priority
                missing.discard((version, body[1]))
    return not missing


def watched(listeners: "list[socket.socket]") -> "select.poll":
    """Return what waits for these, and for the moment when nobody reads what we say."""
    waiting = select.poll()
    waiting.register(TOLD, 0)  # no more than its errors: a pipe without a reader is one
    for listener in listeners:
        waiting.register(listener, select.POLLIN)
    return waiting


def let_go(devices: "list[str]") -> None:
    """Take the addresses away without a word from keepalived, and start that as a backup."""
    for device in devices:
        # A kernel that leaves its multicast groups says so, and the MAC would move back.
        act("tc", "qdisc", "replace", "dev", device, "root", "blackhole")
        act("ip", "link", "delete", device)
    act("systemctl", "kill", "--signal=KILL", UNIT)
    act("systemctl", "stop", UNIT)
    act("systemctl", "reset-failed", UNIT)
    act("systemctl", "start", UNIT)


def setting(device: str, name: str, value: str) -> str:
    """Change how the kernel treats ARP on this device; return how it did so before."""
    path = "/proc/sys/net/ipv4/conf/" + device + "/" + name
    with open(path, "r+") as switch:  # noqa: PTH123  a small old Python starts sooner without pathlib
        before = switch.read().strip()
        switch.seek(0)
        switch.write(value)
    return before


def opened(version: int) -> "socket.socket":
    """Return a socket that hears adverts of this IP version."""
    family = socket.AF_INET if version == IPV4 else socket.AF_INET6
    return socket.socket(family, socket.SOCK_RAW, VRRP)


def act(*command: str) -> None:
    """Run a command; one that fails has found nothing to do."""
    subprocess.run(command, check=False, capture_output=True)


if __name__ == "__main__":
    _, patience_, hold_, heirs_, *told_ = sys.argv
    result = main(
        float(patience_), float(hold_), heirs_.split(","), [one.split(",") for one in told_]
    )
    json.dump({"result": result}, sys.stdout)
