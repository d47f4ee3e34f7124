"""A pair made from a disk like a stock image of Debian's, which nobody has prepared for us.

It boots by its own boot loader, and its cloud-init brings keepalived and the guest agent.
Not part of scripts/test: `.venv/bin/pytest tests/vm/test_stock.py`. The first run builds the disk,
which takes some minutes more and stays beside the images. The packages are those of this machine's
own apt sources.
"""

import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from lab import snapshot
from lab.client import plugged
from lab.command import Ended, start, vipprov
from lab.conftest import document, write
from vm import archive, stocklike
from vm.archive import Archive
from vm.conftest import ON

pytestmark = [
    pytest.mark.vm,
    pytest.mark.long,
    pytest.mark.alone,
    pytest.mark.usefixtures("leaves"),
    pytest.mark.timeout(1500),
]

NAME, NUMBER = "stock", 37
GUESTS = (f"{NAME}-1", f"{NAME}-2")
NET = f"10.50.{50 + NUMBER}"
VIP, VMAC = f"{NET}.50", "00:00:5e:00:01:57"
ARCHIVE = f"{NET}.9/24"
INSTALLED = ("keepalived", "qemu-guest-agent")


@dataclass(frozen=True, slots=True, kw_only=True)
class Stock:
    """A pair made from the disk. `before` is what was on the host."""

    path: Path
    before: dict[str, object]
    key: Path
    made: Ended
    archive: Archive

    def ssh(self, name: str, command: str) -> str:
        """Run a command in a guest as its first user, and return what it said."""
        done = vipprov("vm", "ssh", *ON, "-i", self.key, name, command)
        assert done.code == 0, done.err
        return done.out


@pytest.fixture(scope="module")
def stock(tmp_path_factory: pytest.TempPathFactory, leaves: None) -> Iterator[Stock]:  # noqa: ARG001  the bridges come first
    disk = stocklike.disk()
    folder = tmp_path_factory.mktemp("stock")
    key = folder / "id"
    subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", key], check=True)
    with archive.offered("leaf3", ARCHIVE) as packages:
        (folder / "user.yaml").write_text(f"#cloud-config\napt: {{proxy: '{packages.url}'}}\n")
        content = document(
            NAME,
            number=NUMBER,
            hypervisor=ON[1],
            image=str(disk),
            timeout="15m",
            ssh_keys=[f"file:{key}.pub"],
            cloud_config="user.yaml",
        )
        path = write(folder / "pair.yaml", content)
        before = snapshot.host()
        try:
            made = _created(path)
            assert made.code == 0, made.err + made.out
            yield Stock(path=path, before=before, key=key, made=made, archive=packages)
        finally:
            vipprov("vm", "destroy", NAME, "--yes", *ON)


def _created(path: Path) -> Ended:
    """Create the pair with the patience that its own deadline asks for."""
    run = start("vm", "create", path, "--json")
    try:
        out, err = run.communicate(timeout=1000)
    finally:
        run.kill()
    return Ended(code=run.returncode, out=out, err=err, arguments=("vm", "create", "--json"))


def test_pair_is_proven(stock: Stock) -> None:
    assert {check["verdict"] for check in stock.made.document["proof"]["checks"]} == {"pass"}


def test_guests_were_started_by_their_own_boot_loader(stock: Stock) -> None:
    for name in GUESTS:
        assert "BOOT_IMAGE=/boot/vmlinuz-" in stock.ssh(name, "cat /proc/cmdline")


def test_guests_took_what_they_lacked_from_the_archive(stock: Stock) -> None:
    for package in INSTALLED:
        assert stock.archive.gave(package) == len(GUESTS)
        for name in GUESTS:
            status = stock.ssh(name, f"dpkg-query -W -f '${{db:Status-Abbrev}}' {package}")
            assert status.startswith("ii")


def test_root_has_grown_to_the_disk_of_the_machine(stock: Stock) -> None:
    for name in GUESTS:
        assert int(stock.ssh(name, "df --output=size -B1 / | tail -n 1")) > 3 << 30


def test_owner_and_peer_speak_to_their_subnet_from_addresses_of_their_own(stock: Stock) -> None:
    for number, name in enumerate(GUESTS, start=51):
        route = stock.ssh(name, f"ip route get {NET}.99")
        assert f"dev eth0 src {NET}.{number} " in route


def test_virtual_ip_is_answered_by_the_virtual_mac(stock: Stock) -> None:  # noqa: ARG001  the pair comes first
    with plugged("leaf3", f"{NET}.99/24") as client:
        assert client.arp_answers(VIP) == [VMAC] * 3
        assert client.pings(VIP)


def test_pair_is_proven_again_by_verify(stock: Stock) -> None:  # noqa: ARG001  the pair comes first
    done = vipprov("verify", NAME, *ON)
    assert done.code == 0, done.out + done.err


def test_second_create_leaves_it_as_it_is(stock: Stock) -> None:
    again = vipprov("vm", "create", stock.path)
    assert again.code == 0, again.err + again.out
    assert f"{NAME}: unchanged" in again.out


def test_destroy_leaves_nothing(stock: Stock) -> None:
    gone = vipprov("vm", "destroy", NAME, "--yes", *ON)
    assert gone.code == 0, gone.err
    assert snapshot.host() == stock.before
