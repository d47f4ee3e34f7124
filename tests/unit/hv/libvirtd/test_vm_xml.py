"""The XML of a virtual machine says all that it needs, and hands the host nothing to guess."""

from dataclasses import replace
from pathlib import Path

import pytest

from golden_files import assert_golden
from vipprov.cloudinit.seed import Seed
from vipprov.guest.pair import Size
from vipprov.hv import marktext
from vipprov.hv.images.disk import Disk
from vipprov.hv.libvirtd import domain_xml, vm_xml
from vipprov.hv.libvirtd.acceleration import Acceleration
from vipprov.hv.libvirtd.vmfiles import Files
from vipprov.hv.machine import MachineSpec, Nic, Sort
from vipprov.hv.mark import Mark

CANARY = "canary-3f9c"
BOOTING = Disk(path=Path("/images/debian-12/disk.qcow2"), size=1 << 30)
DIRECT = replace(
    BOOTING,
    kernel=Path("/images/debian-12/vmlinux"),
    initrd=Path("/images/debian-12/initrd"),
    cmdline="root=/dev/vda ro console=ttyS0",
)


def spec(disk: Disk = BOOTING) -> MachineSpec:
    return MachineSpec(
        name="web-1",
        image=disk,
        size=Size(cpus=2, memory=512 << 20, disk=4 << 30),
        nics=(
            Nic(
                mac="52:54:00:50:00:01",
                port_group="leaf1",
                guest_name="eth0",
                filter="vipprov-web-1",
            ),
            Nic(mac="52:54:00:50:00:02", port_group="mgmt", guest_name="eth1", is_network=True),
        ),
        seed=Seed(meta_data=CANARY, user_data=CANARY, network_config=CANARY),
        mark=Mark(pair="web", guest="web-1", identity="abc"),
    )


def rendered(disk: Disk, acceleration: Acceleration) -> str:
    return vm_xml.render(
        spec(disk),
        disk=disk,
        files=Files(folder=Path("/machines/web-1")),
        mark=marktext.dump(spec().mark),
        acceleration=acceleration,
    )


def test_emulated_guest_with_a_kernel_of_its_image_is_as_in_the_golden_file() -> None:
    assert_golden("domain/vm-emulated.xml", rendered(DIRECT, Acceleration.SOFTWARE))


def test_guest_on_hardware_that_boots_its_disk_is_as_in_the_golden_file() -> None:
    assert_golden("domain/vm-hardware.xml", rendered(BOOTING, Acceleration.HARDWARE))


@pytest.mark.parametrize("acceleration", Acceleration)
def test_nics_are_read_back_as_they_were_written(acceleration: Acceleration) -> None:
    text = rendered(BOOTING, acceleration)
    assert domain_xml.nics(text) == spec().nics
    assert domain_xml.sort(text) is Sort.VM


def test_no_part_of_the_seed_is_in_the_xml() -> None:
    assert CANARY not in rendered(DIRECT, Acceleration.SOFTWARE)
