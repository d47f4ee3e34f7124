"""What the tests of virtual machines share: one pair, for an emulated one takes long to boot."""

import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from lab import snapshot
from lab.client import Client, plugged
from lab.command import Ended, start, vipprov
from lab.conftest import document, write
from vipprov.guest.deadline import Deadline, SystemClock

ON = ("--on", "qemu:///system")
NAME, NUMBER = "real", 30
GUESTS = (f"{NAME}-1", f"{NAME}-2")
NET = f"10.50.{50 + NUMBER}"
VIP = f"{NET}.50"
ADDRESSES = {GUESTS[0]: f"{NET}.51", GUESTS[1]: f"{NET}.52"}
VMAC = "00:00:5e:00:01:50"
CANARY = "canary-5b1e"
# As many a hardening guide has it: read after ours, and for every interface.
HARDENING = "/etc/sysctl.d/zz-hardening.conf"
HARDENED = "net.ipv4.conf.*.rp_filter = 1"


@dataclass(frozen=True, slots=True, kw_only=True)
class Pair:
    """A pair of virtual machines, and a key that both let in.

    `refused` is how a second run ended that began together with the first, and `made` how the
    run ended that went on after the first had been killed. `before` is what was on the host.
    """

    path: Path
    before: dict[str, object]
    refused: Ended
    made: Ended
    key: Path

    def ssh(self, name: str, command: str) -> Ended:
        """Run a command in a guest as its first user."""
        return vipprov("vm", "ssh", *ON, "-i", self.key, name, command)

    def owner(self) -> str:
        """Return the guest that has the virtual IP."""
        (name,) = (name for name in GUESTS if VIP in self.ssh(name, "ip -o address").out)
        return name


def peer_of(name: str) -> str:
    (peer,) = set(GUESTS) - {name}
    return peer


def virsh(*arguments: str) -> str:
    argv = ["virsh", "-q", "-c", ON[1], *arguments]
    return subprocess.run(argv, check=True, capture_output=True, text=True, timeout=60).stdout


def is_on(name: str) -> bool:
    return name in virsh("list", "--name").split()


def soon(seconds: float) -> Deadline:
    return Deadline.after(seconds, clock=SystemClock())


@pytest.fixture(scope="session")
def leaves() -> None:
    """Leaf bridges to plug VMs into, and the disk that they are made from."""
    for arguments in (("lab", "up"), ("image", "build", "debian-12", "--for", "qemu")):
        done = vipprov(*arguments)
        assert done.code == 0, done.err


@pytest.fixture(scope="session")
def pair(tmp_path_factory: pytest.TempPathFactory, leaves: None) -> Iterator[Pair]:  # noqa: ARG001  the bridges come first
    folder = tmp_path_factory.mktemp("vm")
    key = folder / "id"
    subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", key], check=True)
    (folder / "user.yaml").write_text(
        "#cloud-config\n"
        "write_files:\n"
        f"- {{path: /etc/canary, content: {CANARY}, permissions: '0600'}}\n"
        f"- {{path: {HARDENING}, content: '{HARDENED}'}}\n"
    )
    content = document(
        NAME,
        number=NUMBER,
        hypervisor=ON[1],
        timeout="8m",
        # While one boots anew the other has little to do: two processors emulate it.
        size={"cpus": 2},
        ssh_keys=[f"file:{key}.pub"],
        cloud_config="user.yaml",
        fabric={"moves": 1000, "window": "180s"},
    )
    path = write(folder / "pair.yaml", content)
    before = snapshot.host()
    try:
        refused = _killed_while_booting(path)
        made = vipprov("vm", "create", path, "--json")
        assert made.code == 0, made.err + made.out
        yield Pair(path=path, before=before, refused=refused, made=made, key=key)
    finally:
        vipprov("vm", "destroy", NAME, "--yes", *ON)


def _killed_while_booting(path: Path) -> Ended:
    """Let two runs meet, and kill the one that goes on; return how the other one ended."""
    runs = [start("vm", "create", path) for _ in range(2)]
    try:
        loser = soon(180).poll(lambda: _ended(runs), what="one of two runs to give way", every=0.1)
        out, err = loser.communicate()
        soon(180).poll(lambda: all(map(is_on, GUESTS)) or None, what="guests to boot", every=0.2)
    finally:
        for run in runs:
            run.kill()
            run.communicate()
    return Ended(code=loser.returncode, out=out, err=err)


def _ended(runs: "list[subprocess.Popen[str]]") -> "subprocess.Popen[str] | None":
    return next((run for run in runs if run.poll() is not None), None)


@pytest.fixture
def client(pair: Pair) -> Iterator[Client]:  # noqa: ARG001  the pair comes first
    with plugged("leaf3", f"{NET}.99/24") as one:
        yield one
