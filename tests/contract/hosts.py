"""Hypervisors of all sorts, each with a machine that it can make, for the contract of machines."""

import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
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
from vipprov.hv.machine import Completed, Link, MachineSpec, Nic, Template
from vipprov.hv.machines import Machines
from vipprov.hv.mark import Mark
from vipprov.hv.storage import machines as store
from vsphere.reach import reached
from vsphere.simulator import Simulator

# Tests side by side have machines side by side, whose ports are named after their MACs.
WORKER = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw"))
MAC = f"52:54:00:c0:00:{WORKER:02x}"
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
SOURCE = """\
name: contract
port_group: app
vip: {addresses: [10.50.60.8], virtual_router_id: 1}
guests: [{name: a-1, addresses: [10.50.60.9/24]}, {name: a-2, addresses: [10.50.60.10/24]}]
password: env:WORD
"""
INMATE = Path(__file__).parents[1] / "vsphere" / "inmate.sh"
WORD = "secret"
FAKE = "fake"
TEST = "test:///default"
LXC = pytest.param("lxc:///system", marks=pytest.mark.lab)
QEMU = pytest.param("qemu:///system", marks=pytest.mark.vm)
VCENTER = pytest.param("vcenter", marks=pytest.mark.vsphere)
ESXI = pytest.param("esxi", marks=pytest.mark.vsphere)


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


def simulator_of(request: pytest.FixtureRequest) -> Simulator | None:
    """Return the simulator that a parameter names, or None: it is built only where it is used."""
    if request.param not in {"vcenter", "esxi"}:
        return None
    found: Simulator = request.getfixturevalue(request.param)
    return found


@contextmanager
def opened(address: str, simulator: Simulator | None = None) -> Iterator[Host]:
    """Yield this hypervisor; nothing of its machine is left afterwards."""
    name = f"contract-{uuid4().hex[:8]}"
    if address == FAKE:
        yield Host(machines=_fake(), spec=_spec(name, Path("/image")))
        return
    if simulator is not None:
        with simulated(simulator, name) as host:
            yield host
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


@contextmanager
def simulated(simulator: Simulator, name: str) -> Iterator[Host]:
    """Yield a simulated vCenter or ESXi host, whose guests run the contract's commands."""
    from vipprov.hv.vsphere import guestwords  # noqa: PLC0415  the others need no SDK
    from vipprov.hv.vsphere.machine import VsphereMachines  # noqa: PLC0415  nor this

    program = [str(INMATE), guestwords.WRAPPER]
    simulator.order(guests={"program": program, "password": WORD})
    spec = _spec(name, Template(name="debian-12"))
    nics = tuple(replace(nic, port_group="VM Network") for nic in spec.nics)
    mark = replace(spec.mark, source=SOURCE, origin="/pair.yaml")
    with reached(simulator) as found:
        machines = VsphereMachines(found.session, {"WORD": WORD})
        try:
            yield Host(machines=machines, spec=replace(spec, nics=nics, mark=mark))
        finally:
            machines.remove(name)


def _spec(name: str, image: Path | Disk | Template) -> MachineSpec:
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
            case ["cat", path]:
                return says(code=0 if (name, path) in fake.files else 1)
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
