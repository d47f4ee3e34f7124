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
from lab.command import start, vipprov
from vipprov.guest import pairfile, render
from vipprov.guest.deadline import Deadline, SystemClock
from vipprov.hv import storage
from vm.conftest import CANARY, GUESTS, HARDENING, NAME, NET, ON, VIP, Pair

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


@pytest.mark.parametrize("way", ["by libvirt", "from inside"])
def test_peer_serves_while_the_owner_boots_anew_and_all_is_right_again(
    pair: Pair, client: Client, way: str
) -> None:
    (owner,) = (name for name in GUESTS if VIP in pair.ssh(name, "ip -o address").out)
    (peer,) = set(GUESTS) - {owner}
    before = boot(pair, owner)
    if way == "by libvirt":
        virsh("reboot", owner)
    else:
        pair.ssh(owner, "sudo systemctl reboot")
    soon(60).poll(lambda: VIP in pair.ssh(peer, "ip -o address").out or None, what="the peer")
    assert client.pings(VIP)
    by = soon(BOOT_SECONDS)
    by.poll(lambda: boot(pair, owner) not in {before, ""} or None, what="a new boot", every=2)
    by.poll(lambda: vipprov("verify", NAME, *ON).code == 0 or None, what="a proof", every=2)
    assert client.arp_answers(VIP) == [VMAC] * 3


@pytest.mark.parametrize("name", GUESTS)
def test_settings_outlive_a_reboot_and_a_hardening_that_contradicts_them(
    pair: Pair, name: str
) -> None:
    assert pair.ssh(name, f"cat {HARDENING}").out.strip() == "net.ipv4.conf.*.rp_filter = 1"
    assert pair.ssh(name, "cat /proc/sys/net/ipv4/conf/vrrp.80/rp_filter").out.strip() == "0"
    assert pair.ssh(name, "systemctl is-enabled keepalived").out.strip() == "enabled"
    assert "macvlan" in pair.ssh(name, "cat /proc/modules").out
    assert "macvlan" in pair.ssh(name, "cat /etc/modules-load.d/*.conf").out


def test_pair_that_moves_between_containers_and_vms_is_told_the_same(pair: Pair) -> None:
    moved = pair.path.read_text().replace(ON[1], "lxc:///system")
    reading = pairfile.parse(moved.encode(), path=pair.path)
    for guest in reading.guests:
        for file in render.configuration(reading, guest).files:
            assert pair.ssh(guest.name, f"sudo cat {file.path}").out == file.content, file.path


def test_container_of_the_same_name_is_refused_before_it_takes_the_files(pair: Pair) -> None:
    moved = pair.path.with_name("moved.yaml")
    moved.write_text(pair.path.read_text().replace(ON[1], "lxc:///system"))
    refused = vipprov("vm", "create", moved)
    assert refused.code == 2, refused.err
    assert f"{GUESTS[0]} on {ON[1]}" in refused.err
    assert vipprov("verify", NAME, *ON).code == 0


def boot(pair: Pair, name: str) -> str:
    return pair.ssh(name, "cat /proc/sys/kernel/random/boot_id").out


def test_console_and_logs_of_a_guest_are_shown(pair: Pair) -> None:
    logs = vipprov("vm", "logs", GUESTS[0], *ON, "--json").document["logs"]
    assert {"console.log", "cloud-init.log", "journal.log"} <= set(logs)
    watching = start("vm", "console", GUESTS[0], "--watch", *ON)
    assert watching.stdout is not None
    assert watching.stdout.readline()
    watching.terminate()
    watching.communicate(timeout=20)
    assert watching.returncode == 130
    assert pair.made.code == 0


def test_host_is_as_before_once_the_pair_is_destroyed(pair: Pair) -> None:
    done = vipprov("vm", "destroy", NAME, "--yes", *ON)
    assert done.code == 0, done.err
    assert snapshot.host() == pair.before
