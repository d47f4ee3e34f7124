"""The observer and the proof, on real keepalived in namespaces."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from factories import dual_stack_pair, make_guest, make_pair, make_vip
from lab.segment import Segment, ip, segment
from proving import proven
from vipprov.guest import adverts, program
from vipprov.guest.check import Check, Verdict
from vipprov.guest.deadline import Deadline, SystemClock
from vipprov.guest.errors import HypervisorError, MissingError
from vipprov.guest.pair import Address, Pair
from vipprov.hv import frames, observer, plug
from vipprov.pipelines import report, verify
from vipprov.pipelines.verify import Report

pytestmark = pytest.mark.lab

VMAC = "00:00:5e:00:01:32"
VIP = make_vip().addresses[0].ip


def soon(seconds: float = 20) -> Deadline:
    return Deadline.after(seconds, clock=SystemClock())


def quick(pair: Pair) -> Pair:
    """Return the pair with adverts ten times a second and a clear first choice of a master."""
    first, second = pair.guests
    vip = replace(pair.vip, vrrp_version=3, advert_interval=timedelta(milliseconds=100))
    return replace(pair, vip=vip, guests=(first, replace(second, priority=100)))


@pytest.fixture
def on_segment(tmp_path: Path) -> Iterator[Segment]:
    with segment(tmp_path, quick(make_pair())) as made:
        made.start_all()
        verify.await_masters(made.pair, made, by=soon())
        yield made


def failed(seen: Report) -> dict[str, Check]:
    return {check.id: check for check in seen.checks if check.verdict is not Verdict.PASS}


def pass_to_another(on_segment: Segment, before: str) -> str:
    """Return the guest that has the vIP besides or after this one."""
    (other,) = (name for name in on_segment.members if name != before)
    soon().poll(
        lambda: on_segment.members[other].holds(str(VIP)) or None, what=f"{other} to take over"
    )
    return other


@pytest.mark.parametrize("pair", [make_pair(), dual_stack_pair()], ids=["ipv4", "dual-stack"])
def test_a_healthy_pair_is_proven(tmp_path: Path, pair: Pair) -> None:
    with segment(tmp_path, quick(pair)) as made:
        made.start_all()
        seen = proven(made.pair, made, by=soon())
    assert seen.passed, report.text(seen)
    wanted = {"one-master", "arp", "one-owner", "ping", "no-duplicates", "ping-out", "advert"}
    assert wanted <= {check.id for check in seen.checks}


def test_a_healthy_pair_is_proven_quickly_at_one_advert_a_second(tmp_path: Path) -> None:
    slow = make_pair(guests=(make_guest(1), make_guest(2, priority=100)))
    with segment(tmp_path, slow) as made:
        made.start_all()
        assert proven(made.pair, made, by=soon()).passed
        assert verify.verify(made.pair, made, by=soon()).seconds < 2.5


def test_the_observer_sees_one_owner_with_the_virtual_mac(on_segment: Segment) -> None:
    with observer.plugged(on_segment.bridge, by=soon()) as vantage:
        seen = vantage.ask(VIP, by=soon(2))
    assert {(answer.mac, answer.source) for answer in seen.answers} == {(VMAC, VMAC)}
    assert len(seen.answers) == seen.requests


def test_a_gratuitous_arp_is_no_answer(on_segment: Segment) -> None:
    everybody = frames.answer(VMAC, VIP, to_mac=frames.BROADCAST, to=VIP)
    with (
        plug.plugged(on_segment.bridge, by=soon()) as wire,
        observer.plugged(on_segment.bridge, by=soon()) as vantage,
        ThreadPoolExecutor(max_workers=1) as pool,
    ):
        asking = pool.submit(vantage.ask, VIP, by=soon(2))
        soon().poll(
            lambda: asking.done() or wire.send(everybody) < 0 or None, what="answers", every=0.02
        )
        seen = asking.result()
    assert len(seen.answers) == seen.requests


def test_a_backup_hears_its_peer_and_nobody_else(on_segment: Segment) -> None:
    backup = next(name for name in on_segment.members if name != on_segment.owner())
    (peer,) = (guest.addresses[0].ip for guest in on_segment.pair.guests if guest.name != backup)

    def hears(router: int, source: Address) -> bool:
        command = program.command("adverts", "0.4", f"4,{router},/nonexistent,{source}")
        return bool(adverts.parse(on_segment.members[backup].do(*command)))

    assert hears(50, peer)
    assert not hears(51, peer)
    assert not hears(50, peer + 100)


def test_killed_keepalived_beside_a_second_owner_is_found_though_the_mac_is_the_same(
    on_segment: Segment,
) -> None:
    dead = on_segment.owner()
    assert dead is not None
    on_segment.kill_keepalived(dead)
    pass_to_another(on_segment, dead)
    found = failed(verify.verify(on_segment.pair, on_segment, by=soon()))
    assert found["one-owner"].seen.endswith("answers from 1 MAC")
    assert f"keepalived in {dead} is not running" in found["one-owner"].cause
    assert {"one-master", "role", "leftovers"} <= found.keys()


def test_rp_filter_set_late_is_told_from_a_closed_port(on_segment: Segment) -> None:
    owner = on_segment.owner()
    assert owner is not None
    on_segment.members[owner].do("sysctl", "-qw", "net.ipv4.conf.vrrp/50.rp_filter=1")
    seen = verify.verify(on_segment.pair, on_segment, by=soon())
    found = failed(seen)
    assert {"ping", "rp-filter", "sysctl"} <= found.keys()
    assert "arp" not in found
    assert "net.ipv4.conf.vrrp/50.rp_filter = 1" in found["ping"].cause


def test_a_master_that_dies_takes_no_mac_with_it(on_segment: Segment) -> None:
    owner = on_segment.owner()
    assert owner is not None
    with observer.plugged(on_segment.bridge, by=soon()) as vantage:
        before = vantage.ask(VIP, by=soon(2)).macs
        on_segment.pull_the_plug(owner)
        pass_to_another(on_segment, owner)
        after = vantage.ask(VIP, by=soon(2))
    assert before == after.macs == (VMAC,)
    assert len(after.answers) == after.requests


def test_a_pair_without_a_virtual_mac_fails_as_the_article_describes(tmp_path: Path) -> None:
    with segment(tmp_path, quick(make_pair(vip=make_vip(vmac=False)))) as made:
        made.start_all()
        verify.await_masters(made.pair, made, by=soon())
        found = failed(verify.verify(made.pair, made, by=soon()))
    assert "vmac: true" in found["arp"].next_move
    assert found.keys() == {"arp"}


def test_isolated_ports_make_two_masters(tmp_path: Path) -> None:
    with segment(tmp_path, quick(make_pair())) as made:
        for name in made.members:
            port = ("link", "set", made.device(name), "type", "bridge_slave")
            ip(*port, "isolated", "on")
        made.start_all()
        soon().poll(
            lambda: all(member.holds(str(VIP)) for member in made.members.values()) or None,
            what="two masters",
        )
        found = failed(verify.verify(made.pair, made, by=soon()))
    assert "isolated" in found["one-master"].cause
    assert "isolated" in found["port"].cause
    assert "one-owner" in found


def test_a_port_that_neither_learns_nor_floods_is_named(on_segment: Segment) -> None:
    owner = on_segment.owner()
    assert owner is not None
    device = on_segment.device(owner)
    ip("link", "set", device, "type", "bridge_slave", "learning", "off", "flood", "off")
    ip("link", "set", device, "type", "bridge_slave", "fdb_flush")
    found = failed(verify.verify(on_segment.pair, on_segment, by=soon()))
    assert "neither learns" in found["ping"].cause
    assert "neither learns" in found["port"].cause


def test_the_observer_takes_no_address_that_is_in_use(on_segment: Segment) -> None:
    taken = tuple(guest.addresses[0].ip for guest in on_segment.pair.guests)
    with observer.plugged(on_segment.bridge, by=soon()) as vantage:
        free = taken[0] + 100
        assert vantage.free((*taken, free), by=soon(2)) == free
        assert vantage.free(taken, by=soon(2)) is None
        assert vantage.free((free,), by=soon(0)) is None


def test_nothing_is_left_of_an_observer_that_is_killed(on_segment: Segment) -> None:
    ports = Path(f"/sys/class/net/{on_segment.bridge}/brif")
    before = {*ports.iterdir()}
    script = (
        "import sys, time\n"
        "from vipprov.guest.deadline import Deadline, SystemClock\n"
        "from vipprov.hv import observer\n"
        "by = Deadline.after(5, clock=SystemClock())\n"
        "with observer.plugged(sys.argv[1], by=by):\n"
        "    print('plugged', flush=True)\n"
        "    sys.stdin.read()\n"
    )
    with subprocess.Popen(
        [sys.executable, "-c", script, on_segment.bridge],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as child:
        assert child.stdout is not None
        assert child.stdout.readline() == "plugged\n"
        assert len({*ports.iterdir()}) == len(before) + 1
        os.kill(child.pid, signal.SIGKILL)
    soon(5).poll(lambda: {*ports.iterdir()} == before or None, what="the port to go", every=0.01)


def test_the_host_keeps_its_ipv6_beside_an_observer(on_segment: Segment) -> None:
    switch = Path("/proc/sys/net/ipv6/conf/all/disable_ipv6")
    before = switch.read_text()
    with observer.plugged(on_segment.bridge, by=soon()):
        assert switch.read_text() == before


def test_a_bridge_that_is_not_there_is_a_sentence() -> None:
    with (
        pytest.raises(MissingError, match="no bridge 'nonesuch'"),
        observer.plugged("nonesuch", by=soon()),
    ):
        pass


def test_a_bridge_that_is_down_is_a_sentence(on_segment: Segment) -> None:
    ip("link", "set", on_segment.bridge, "down")
    with (
        pytest.raises(HypervisorError, match="does not forward"),
        observer.plugged(on_segment.bridge, by=soon(0.2)),
    ):
        pass
