"""What a silent virtual IP costs a fabric whose leafs forget MACs: floods, but for GARP refresh.

Two pairs on one lab are silent for a minute, and a client at a third leaf sends on to both. Whoever
hears that at a fourth leaf, where nobody is, was flooded.
"""

import socket
import struct
from collections.abc import Iterator
from pathlib import Path

import pytest

from lab.command import start, vipprov
from lab.conftest import document, write
from lab.evpnhost import by
from lab.evpnlabs import lab, remains
from vipprov.hv import frames, plug

pytestmark = [pytest.mark.lab, pytest.mark.usefixtures("leaves")]

LAB = "swg"
LEAFS = tuple(f"{LAB}-leaf{number}" for number in (1, 2, 3, 4))
AGE = 10
SECONDS, EVERY = 60.0, 0.25
ETHERTYPE = 0x88B5  # for experiments (IEEE 802), so that nobody answers
REFRESHED, SILENT = ("swgr", 74, "3s"), ("swgs", 75, "0s")


def vmac(number: int) -> str:
    return f"00:00:5e:00:01:{50 + number:02x}"


def pair_file(folder: Path, name: str, number: int, refresh: str) -> Path:
    """Write a pair on the first two leafs."""
    vip = {"addresses": [f"10.50.{50 + number}.50/24"], "virtual_router_id": 50 + number}
    guests = [
        {"name": f"{name}-{at}", "addresses": [f"10.50.{50 + number}.{50 + at}/24"]}
        | {"port_group": LEAFS[at - 1]}
        for at in (1, 2)
    ]
    changes = {"port_group": LEAFS[0], "guests": guests, "vip": vip | {"garp_refresh": refresh}}
    return write(folder / f"{name}.yaml", document(name, number=number, **changes))


@pytest.fixture(scope="module", autouse=True)
def pairs(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    folder = tmp_path_factory.mktemp("pairs")
    try:
        options = ("--leafs", str(len(LEAFS)), "--ageing", f"{AGE}s", "--dup-moves", "0")
        done = lab("up", "--kind", "evpn", *options, name=LAB)
        assert done.code == 0, done.err
        other = start("vm", "create", pair_file(folder, *SILENT))
        created = vipprov("vm", "create", pair_file(folder, *REFRESHED))
        _, said = other.communicate(timeout=120)
        assert (created.code, other.returncode) == (0, 0), (created.err, said)
        yield
    finally:
        for name in (REFRESHED[0], SILENT[0]):
            vipprov("vm", "destroy", name, "--yes")
        lab("down", "--force", name=LAB)
    assert remains(LAB) == set()


def test_a_silent_virtual_mac_is_flooded_unless_it_is_refreshed() -> None:
    flooded: dict[str, list[float]] = {vmac(REFRESHED[1]): [], vmac(SILENT[1]): []}
    with plug.plugged(LEAFS[2], by=by()) as sender, plug.plugged(LEAFS[3], by=by()) as bystander:
        bystander.settimeout(0)
        own = sender.getsockname()[4]
        clock = by().clock
        began = clock.now()
        sent = 0
        while (now := clock.now() - began) < SECONDS:
            for mac in flooded:
                sender.send(frames.octets(mac) + own + struct.pack("!H", ETHERTYPE) + bytes(46))
            sent += 1
            clock.sleep(EVERY)
            for mac in heard(bystander):
                if mac in flooded:
                    flooded[mac].append(now)
    assert flooded[vmac(REFRESHED[1])] == []
    silent = flooded[vmac(SILENT[1])]
    # keepalived announces itself for some seconds after its start; then nothing refreshes the MAC.
    assert len([at for at in silent if at > SECONDS / 2]) > 0.4 * sent, silent


def heard(wire: socket.socket) -> Iterator[str]:
    """Yield to whom the experimental frames were sent that have come since the last time."""
    while True:
        try:
            frame = wire.recv(2048)
        except BlockingIOError:
            return
        if frame[12:14] == struct.pack("!H", ETHERTYPE):
            yield frames.text(frame[:6])
