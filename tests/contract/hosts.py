"""Hypervisors of all sorts, each with a machine that it can make, for the contract of machines."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from uuid import uuid4

import pytest

from fakes.driver import FakeDriver
from fakes.machines import FakeMachines, says
from lab import images
from lab.command import vipprov
from vipprov.cloudinit.seed import Seed
from vipprov.guest.deadline import Deadline, SystemClock
from vipprov.guest.pair import Size
from vipprov.hv.images.disk import Disk
from vipprov.hv.images.image import Form
from vipprov.hv.libvirtd.lxc import Lxc
from vipprov.hv.libvirtd.machine import LibvirtMachines
from vipprov.hv.libvirtd.qemu import Qemu
from vipprov.hv.libvirtd.session import Session
from vipprov.hv.machine import Completed, Link, Machines, MachineSpec, Nic
from vipprov.hv.mark import Mark
from vipprov.hv.storage import machines as store

MAC = "52:54:00:c0:00:01"
WITNESS = "/run/witness"
CARRIER = "/sys/class/net/eth0/carrier"
SEED = Seed(
    meta_data="instance-id: contract\n",
    user_data="#cloud-config\n",
    network_config=f"""\
version: 2
ethernets:
  eth0: {{match: {{macaddress: "{MAC}"}}, set-name: eth0, addresses: [10.50.60.9/24]}}
""",
)
FAKE = "fake"
TEST = "test:///default"
LXC = pytest.param("lxc:///system", marks=pytest.mark.lab)
QEMU = pytest.param("qemu:///system", marks=pytest.mark.vm)


@dataclass(frozen=True, slots=True, kw_only=True)
class Host:
    """Machines, and a machine that they can make."""

    machines: Machines
    spec: MachineSpec

    @property
    def name(self) -> str:
        return self.spec.name


def soon(seconds: float = 20) -> Deadline:
    return Deadline.after(seconds, clock=SystemClock())


@contextmanager
def opened(address: str) -> Iterator[Host]:
    """Yield this hypervisor; nothing of its machine is left afterwards."""
    name = f"contract-{uuid4().hex[:8]}"
    if address == FAKE:
        yield Host(machines=_fake(), spec=_spec(name, Path("/image")))
        return
    with Session(address) as session:
        match address:
            case "lxc:///system":
                spec = _spec(name, _tree())
                driver = Lxc(session, store=store(), clock=SystemClock())
                machines = LibvirtMachines(session, driver)
            case "qemu:///system":
                spec = _spec(name, _disk())
                machines = LibvirtMachines(
                    session, Qemu(session, store=store(), clock=SystemClock())
                )
            case _:
                spec = _spec(name, Disk(path=Path("/disk"), size=1 << 30))
                machines = LibvirtMachines(session, FakeDriver(session))
        try:
            yield Host(machines=machines, spec=spec)
        finally:
            machines.remove(name)


def _spec(name: str, image: Path | Disk) -> MachineSpec:
    return MachineSpec(
        name=name,
        image=image,
        size=Size(cpus=1, memory=512 << 20, disk=2 << 30),
        nics=(Nic(mac=MAC, port_group="leaf1", guest_name="eth0"),),
        seed=SEED,
        mark=Mark(pair="contract", guest=name, identity="one"),
    )


def _fake() -> FakeMachines:
    """Return machines whose guests do what the contract asks of a real one."""

    def act(name: str, argv: Sequence[str], stdin: bytes) -> Completed:
        match list(argv):
            case ["cat", path] if path == CARRIER:
                return says("0\n" if fake.links.get((name, MAC)) is Link.DOWN else "1\n")
            case ["touch", path]:
                fake.files.add((name, path))
                return says()
            case ["test", "-e", path]:
                return says(code=0 if (name, path) in fake.files else 1)
            case _:
                return says(stdin.decode(), code=7, stderr="to stderr\n")

    fake = FakeMachines(act)
    return fake


def _tree() -> Path:
    for arguments in (("lab", "up"), ("image", "build", "debian-12")):
        assert vipprov(*arguments).code == 0
    return images.tree()


def _disk() -> Disk:
    from vipprov.hv.images import store as built  # noqa: PLC0415  only VMs need a disk

    for arguments in (("lab", "up"), ("image", "build", "debian-12", "--for", "qemu")):
        assert vipprov(*arguments).code == 0
    found = built.find("debian-12", Form.DISK)
    assert found is not None
    assert found.disk is not None
    return found.disk
