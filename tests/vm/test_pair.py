"""A pair of virtual machines: made, proven, entered, rebooted, and gone without a trace.

The tests run in their order: the last one destroys the pair that they share.
"""

import platform
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from lab import snapshot
from lab.client import Client, plugged
from lab.command import vipprov
from vipprov.guest.deadline import Deadline, SystemClock
from vipprov.hv import storage
from vm.conftest import CANARY, GUESTS, NAME, NET, ON, VIP, Pair

pytestmark = [pytest.mark.vm, pytest.mark.alone, pytest.mark.timeout(900)]

VMAC = "00:00:5e:00:01:50"
BOOT_SECONDS = 300


@pytest.fixture
def client(pair: Pair) -> Iterator[Client]:  # noqa: ARG001  the pair comes first
    with plugged("leaf3", f"{NET}.99/24") as one:
        yield one


def virsh(*arguments: str) -> str:
    argv = ["virsh", "-q", "-c", ON[1], *arguments]
    return subprocess.run(argv, check=True, capture_output=True, text=True, timeout=60).stdout


def soon(seconds: float) -> Deadline:
    return Deadline.after(seconds, clock=SystemClock())


def test_pair_is_made_and_proven(pair: Pair) -> None:
    assert {check["verdict"] for check in pair.made.document["proof"]["checks"]} == {"pass"}


def test_each_machine_has_a_kernel_of_its_own(pair: Pair) -> None:
    boots = {pair.ssh(name, "cat /proc/sys/kernel/random/boot_id").out for name in GUESTS}
    kernels = {pair.ssh(name, "uname -r").out.strip() for name in GUESTS}
    assert len(boots) == 2
    assert all(kernels)
    assert platform.release() not in kernels


def test_virtual_ip_is_answered_by_the_virtual_mac_and_by_nobody_else(client: Client) -> None:
    assert client.arp_answers(VIP) == [VMAC] * 3
    assert client.pings(VIP)


def test_pair_that_is_there_is_left_as_it_is(pair: Pair) -> None:
    again = vipprov("vm", "create", pair.path)
    assert again.code == 0, again.err + again.out
    assert f"{NAME}: unchanged" in again.out


def test_ssh_brings_the_exit_code_home(pair: Pair) -> None:
    done = pair.ssh(GUESTS[1], "hostname; exit 9")
    assert (done.out.strip(), done.code) == (GUESTS[1], 9)


@pytest.mark.usefixtures("pair")
def test_seed_stays_private_and_in_place() -> None:
    processes = [path.read_bytes() for path in Path("/proc").glob("[0-9]*/cmdline")]
    assert not any(CANARY.encode() in words for words in processes)
    for name in GUESTS:
        assert CANARY not in virsh("dumpxml", name)
        seed = storage.machines() / name / "seed.iso"
        assert seed.stat().st_mode & 0o777 == 0o600
        assert CANARY.encode() in seed.read_bytes()


def test_peer_serves_while_the_owner_boots_anew_and_all_is_right_again(
    pair: Pair, client: Client
) -> None:
    (owner,) = (name for name in GUESTS if VIP in pair.ssh(name, "ip -o address").out)
    (peer,) = set(GUESTS) - {owner}
    before = boot(pair, owner)
    virsh("reboot", owner)
    soon(60).poll(lambda: VIP in pair.ssh(peer, "ip -o address").out or None, what="the peer")
    assert client.pings(VIP)
    by = soon(BOOT_SECONDS)
    by.poll(lambda: boot(pair, owner) not in {before, ""} or None, what="a new boot", every=2)
    by.poll(lambda: vipprov("verify", NAME, *ON).code == 0 or None, what="a proof", every=2)
    assert client.arp_answers(VIP) == [VMAC] * 3


def boot(pair: Pair, name: str) -> str:
    return pair.ssh(name, "cat /proc/sys/kernel/random/boot_id").out


def test_host_is_as_before_once_the_pair_is_destroyed(pair: Pair) -> None:
    done = vipprov("vm", "destroy", NAME, "--yes", *ON)
    assert done.code == 0, done.err
    assert snapshot.host() == pair.before
