"""What the tests of virtual machines share: one pair, for an emulated one takes long to boot."""

import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from lab import snapshot
from lab.command import Ended, vipprov
from lab.conftest import document, write

ON = ("--on", "qemu:///system")
NAME, NUMBER = "real", 30
GUESTS = (f"{NAME}-1", f"{NAME}-2")
NET = f"10.50.{50 + NUMBER}"
VIP = f"{NET}.50"
CANARY = "canary-5b1e"
# As many a hardening guide has it: read after ours, and for every interface.
HARDENING = "/etc/sysctl.d/zz-hardening.conf"


@dataclass(frozen=True, slots=True, kw_only=True)
class Pair:
    """A pair of virtual machines, how its making ended, and a key that both let in.

    `before` is what there was on the host.
    """

    path: Path
    before: dict[str, object]
    made: Ended
    key: Path

    def ssh(self, name: str, command: str) -> Ended:
        """Run a command in a guest as its first user."""
        return vipprov("vm", "ssh", *ON, "-i", self.key, name, command)


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
        f"- {{path: {HARDENING}, content: 'net.ipv4.conf.*.rp_filter = 1'}}\n"
    )
    content = document(
        NAME,
        number=NUMBER,
        hypervisor=ON[1],
        timeout="8m",
        ssh_keys=[f"file:{key}.pub"],
        cloud_config="user.yaml",
    )
    path = write(folder / "pair.yaml", content)
    before = snapshot.host()
    try:
        made = vipprov("vm", "create", path, "--json")
        assert made.code == 0, made.err + made.out
        yield Pair(path=path, before=before, made=made, key=key)
    finally:
        vipprov("vm", "destroy", NAME, "--yes", *ON)
