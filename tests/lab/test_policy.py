"""The port is open as far as the virtual MAC needs, and no further."""

import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from lab import containers, snapshot
from lab.client import Client, plugged
from lab.command import vipprov
from lab.conftest import document, write

pytestmark = [pytest.mark.lab, pytest.mark.usefixtures("leaves")]

VIP, VMAC = "10.50.65.50", "00:00:5e:00:01:41"
STRANGER = "02:00:00:00:00:99"
SOURCING = Path(__file__).with_name("sourcing.py")


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory, leaves: None) -> Iterator[Client]:  # noqa: ARG001  the bridges come first
    path = write(tmp_path_factory.mktemp("least") / "pair.yaml", document("least", number=15))
    try:
        done = vipprov("vm", "create", path)
        assert done.code == 0, done.err + done.out
        with plugged("leaf3", "10.50.65.99/24") as one:
            yield one
    finally:
        vipprov("vm", "destroy", "least", "--yes")


def nic_mac(name: str) -> str:
    return containers.inside(name, "cat /sys/class/net/eth0/address").strip()


def arrives(client: Client, source: str) -> bool:
    """Send a frame with this source MAC from a guest; say whether the client's port sees it."""
    listen = ["ip", "netns", "exec", client.namespace, "timeout", "2"]
    wanted = f"ether proto 0x88b5 and ether src {source}"
    with subprocess.Popen(
        [*listen, "tcpdump", "-l", "-n", "-c", "1", "-i", "eth0", wanted],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as capture:
        assert capture.stderr is not None
        while "listening on" not in capture.stderr.readline():
            pass
        net = ("nsenter", "-t", str(containers.init("least-1")), "-n")
        subprocess.run([*net, sys.executable, SOURCING, source, "canary"], check=True)
        seen, _ = capture.communicate()
    return bool(seen.strip())


def test_vip_works_through_the_least_filter(client: Client) -> None:
    assert set(client.arp_answers(VIP)) == {VMAC}
    assert client.pings(VIP)


def test_frames_of_the_nic_and_of_the_virtual_mac_get_out(client: Client) -> None:
    assert arrives(client, nic_mac("least-1"))
    assert arrives(client, VMAC)


def test_frame_with_a_third_source_mac_does_not_get_out(client: Client) -> None:
    assert not arrives(client, STRANGER)


def test_backup_whose_port_does_not_learn_is_named_and_healed_and_a_failover_works(
    tmp_path: Path, gone: Callable[[str], str]
) -> None:
    path = write(tmp_path / "pair.yaml", document(gone("learn"), number=25))
    assert vipprov("vm", "create", path).code == 0
    (port,) = vipprov("portgroup", "show", "learn-2", "--json").document["ports"]
    subprocess.run(
        ["bridge", "link", "set", "dev", port["device"], "learning", "off"],
        check=True,
    )
    verified = vipprov("verify", "learn", "--json")
    assert verified.code == 1
    (failed,) = (one for one in verified.document["checks"] if one["verdict"] == "fail")
    assert (failed["id"], failed["subject"]) == ("port", "learn-2")
    assert "does not learn MACs" in failed["cause"]
    assert f"MAC learning of learn-2 {port['mac']}: off → on" in vipprov("vm", "plan", path).out
    healed = vipprov("vm", "create", path)
    assert healed.code == 0, healed.err
    failed_over = vipprov("failover", "learn", "--fault", "stop")
    assert failed_over.code == 0, failed_over.err


def test_pair_behind_clean_traffic_comes_up_unproven_and_the_filter_is_named(
    tmp_path: Path,
) -> None:
    made = document("shut", number=16, policy="unchanged")
    guests = made["guests"]
    assert isinstance(guests, list)
    made["guests"] = [guest | {"filter": "clean-traffic"} for guest in guests]
    try:
        created = vipprov("vm", "create", write(tmp_path / "pair.yaml", made))
        assert created.code == 1, created.err
        verified = vipprov("verify", "shut", "--json")
        assert verified.code == 1
        failed = [one for one in verified.document["checks"] if one["verdict"] == "fail"]
        assert any("clean-traffic" in one["cause"] for one in failed), failed
    finally:
        vipprov("vm", "destroy", "shut", "--yes")


@pytest.mark.alone
def test_three_settings_by_name_are_what_the_port_has_and_are_given_back(tmp_path: Path) -> None:
    made = document("named", number=21, policy={"forged_transmits": "reject"})
    before = snapshot.host()
    try:
        created = vipprov("vm", "create", write(tmp_path / "pair.yaml", made))
        assert created.code == 1, created.err
        (port,) = vipprov("portgroup", "show", "named-1", "--json").document["ports"]
        assert port["forged_transmits"] == "reject"
    finally:
        vipprov("vm", "destroy", "named", "--yes")
    assert snapshot.host() == before


def test_undo_on_failure_leaves_nothing_of_an_unproven_pair_but_its_logs(tmp_path: Path) -> None:
    made = document("shut", number=16, policy="unchanged")
    guests = made["guests"]
    assert isinstance(guests, list)
    made["guests"] = [guest | {"filter": "clean-traffic"} for guest in guests]
    path = write(tmp_path / "pair.yaml", made)
    try:
        undone = vipprov("vm", "create", path, "--undo-on-failure", "--logs", tmp_path / "logs")
        assert undone.code == 1
        assert f"The guests' logs are in {tmp_path / 'logs'}." in undone.err
        assert (tmp_path / "logs/shut-1/cloud-init.log").is_file()
        assert vipprov("vm", "show", "shut").code == 3
    finally:
        vipprov("vm", "destroy", "shut", "--yes")
