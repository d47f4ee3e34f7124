"""The prober measures a known gap, loses nothing of its own, and counts what it misses."""

import os
import signal
import socket
import subprocess
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from ipaddress import ip_address
from pathlib import Path as File
from uuid import uuid4

import pytest

from lab.load import busy
from vipprov.guest.deadline import Deadline, SystemClock
from vipprov.guest.timeline import Reception, Shot, reception
from vipprov.hv import frames, namespace, plug, sightings
from vipprov.hv.frames import Path
from vipprov.hv.probing import recorder
from vipprov.hv.probing.loop import SEQUENCE
from vipprov.hv.probing.orders import Orders
from vipprov.hv.probing.record import Counted, Frame, Record, Sent
from vipprov.hv.sightings import Replied

pytestmark = [pytest.mark.lab, pytest.mark.alone]

SOURCE, TARGET = ip_address("198.18.60.1"), ip_address("198.18.60.2")
IGNORE = "/proc/sys/net/ipv4/icmp_echo_ignore_all"
CLOCK = SystemClock()


def soon(seconds: float = 20) -> Deadline:
    return Deadline.after(seconds, clock=CLOCK)


def ip(*arguments: str) -> None:
    subprocess.run(["ip", *arguments], check=True, capture_output=True)


@dataclass(frozen=True, slots=True)
class Line:
    """A bridge, and behind its port a host that answers."""

    bridge: str
    host: str
    mac: str


@pytest.fixture
def line() -> Iterator[Line]:
    token = uuid4().hex[:8]
    bridge, port, host = f"vpg{token}", f"vph{token}", f"prober-{token}"
    try:
        ip("link", "add", bridge, "type", "bridge")
        File(f"/proc/sys/net/ipv6/conf/{bridge}/disable_ipv6").write_text("1")
        ip("link", "set", bridge, "up")
        ip("netns", "add", host)
        ip("link", "add", port, "type", "veth", "peer", "name", "eth0", "netns", host)
        ip("link", "set", port, "master", bridge, "up")
        ip("-n", host, "address", "add", f"{TARGET}/24", "dev", "eth0")
        ip("-n", host, "link", "set", "eth0", "up")
        shown = subprocess.run(
            ["ip", "-n", host, "-o", "link", "show", "eth0"],
            check=True,
            capture_output=True,
            text=True,
        ).stdout
        yield Line(bridge, host, shown.split("link/ether ")[1].split()[0])
    finally:
        for away in (("netns", "del", host), ("link", "del", port), ("link", "del", bridge)):
            subprocess.run(["ip", *away], check=False, capture_output=True)


@contextmanager
def probed(line: Line) -> Iterator[recorder.Recorder]:
    with ExitStack() as stack:
        wire = stack.enter_context(plug.plugged(line.bridge, by=soon()))
        mac = frames.text(wire.getsockname()[4])
        aim = Path(source_mac=mac, target_mac=line.mac, source=SOURCE, target=TARGET)
        found = stack.enter_context(recorder.recording(wire, Orders(aims=(aim,))))
        soon().poll(lambda: found.records() or None, what="the prober to start", every=0.01)
        yield found


def received(records: tuple[Record, ...], since: float, until: float) -> Reception:
    sent = [Shot(sequence=one.sequence, at=one.at) for one in records if isinstance(one, Sent)]
    replies = []
    for one in records:
        seen = sightings.read(one.data) if isinstance(one, Frame) else None
        if isinstance(one, Frame) and isinstance(seen, Replied):
            (number,) = SEQUENCE.unpack(seen.echo.payload)
            replies.append(Shot(sequence=number, at=one.at))
    return reception(sent, replies, since=since, until=until)


@pytest.mark.parametrize("cores", [0, 1], ids=["idle", "one core busy"])
@pytest.mark.parametrize("length", [0.02, 0.25])
def test_a_gap_of_known_length_is_measured_within_two_milliseconds(
    line: Line, length: float, cores: int
) -> None:
    with busy(cores), probed(line) as prober:
        since = CLOCK.now()
        CLOCK.sleep(0.5)
        began, ended = silence(line, length)
        CLOCK.sleep(0.5)
        until = CLOCK.now()
        seen = received(prober.stop(), since, until)
    assert len(seen.gaps) == 1, seen
    assert abs(seen.outage - (ended - began)) < 0.002, (seen.gaps, ended - began)
    assert abs(seen.gaps[0].start - began) < 0.002
    assert seen.duplicates == seen.late == 0


@pytest.mark.parametrize("cores", [0, 1], ids=["idle", "one core busy"])
def test_no_probe_is_lost_at_a_thousand_a_second(line: Line, cores: int) -> None:
    with busy(cores), probed(line) as prober:
        since = CLOCK.now()
        CLOCK.sleep(3)
        until = CLOCK.now()
        records = prober.stop()
    seen = received(records, since, until)
    assert abs(seen.sent - 1000 * (until - since)) <= 3
    assert (seen.lost, seen.duplicates, seen.late) == (0, 0, 0)
    assert drops(records) == 0


def test_a_frozen_prober_counts_what_the_kernel_had_to_drop(line: Line) -> None:
    with probed(line) as prober:
        os.kill(prober.process, signal.SIGSTOP)
        flood(line)
        os.kill(prober.process, signal.SIGCONT)
        assert drops(prober.stop()) > 0


def drops(records: tuple[Record, ...]) -> int:
    return sum(one.drops for one in records if isinstance(one, Counted))


def silence(line: Line, seconds: float) -> tuple[float, float]:
    """Keep the host from answering pings for so long; return when that began and ended."""
    inside = File("/run/netns", line.host)
    switch = namespace.within(inside, lambda: os.open(IGNORE, os.O_WRONLY))
    try:
        os.write(switch, b"1")
        began = CLOCK.now()
        CLOCK.sleep(seconds)
        os.write(switch, b"0")
        return began, CLOCK.now()
    finally:
        os.close(switch)


def flood(line: Line) -> None:
    """Send more to everybody on the bridge than fits into the queue of anybody."""
    with plug.plugged(line.bridge, by=soon()) as wire:
        frame = frames.octets(frames.BROADCAST) + frames.octets(line.mac) + bytes(1400)
        for _ in range(40_000):
            wire.send(frame)


def test_a_recording_that_nobody_ends_comes_to_its_end_by_itself() -> None:
    with (
        socket.socket(socket.AF_PACKET, socket.SOCK_RAW, 0) as deaf,
        recorder.recording(deaf, Orders(seconds=0.3)) as recording,
    ):
        process = File(f"/proc/{recording.process}/stat")
        soon().poll(lambda: " Z " in process.read_text() or None, what="its end")
        assert isinstance(recording.stop()[-1], Counted)
