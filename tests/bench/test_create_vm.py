"""`vm create` of VMs against a plain script and virt-install, turn about. Prints ratios.

.venv/bin/pytest -s -m bench tests/bench/test_create_vm.py
"""

import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from bench.timing import median, seconds
from lab.client import plugged
from lab.command import vipprov
from lab.conftest import document, write
from vipprov.hv import storage
from vipprov.hv.images import image
from vipprov.hv.images.disk import Disk
from vipprov.hv.libvirtd import vmfiles
from vipprov.hv.libvirtd.vmfiles import Files
from vm.conftest import ON
from vm.variants import disk

pytestmark = [pytest.mark.bench, pytest.mark.timeout(3000)]

ROUNDS = 3
NAME, NUMBER = "vmbench", 33
GUESTS = (f"{NAME}-1", f"{NAME}-2")
NET = f"10.50.{50 + NUMBER}"


def virsh(*arguments: str) -> str:
    argv = ("virsh", "-q", "-c", ON[1], *arguments)
    return subprocess.run(argv, check=True, capture_output=True, text=True).stdout


def run(*argv: str | Path) -> None:
    subprocess.run(argv, check=True, capture_output=True)


def prepare(folder: Path, pair: Path) -> None:
    """Keep what a plain script needs of a pair: its domains, its filters, its guests' seeds."""
    for arguments in (("lab", "up"), ("image", "build", "debian-12", "--for", "qemu")):
        assert vipprov(*arguments).code == 0
    done = vipprov("vm", "create", pair)
    assert done.code == 0, done.err
    for name in GUESTS:
        (folder / f"{name}.xml").write_text(virsh("dumpxml", "--inactive", name))
        filtered = virsh("nwfilter-dumpxml", f"vipprov-{name}")
        (folder / f"{name}.filter.xml").write_text(filtered)
        shutil.copy(storage.machines() / name / "seed.iso", folder / f"{name}.iso")
    clear()


def lay_out(folder: Path) -> None:
    """Give each VM a fresh disk over the image, and its seed."""
    base = image.read(disk())
    assert base is not None
    assert isinstance(base.disk, Disk)
    for name in GUESTS:
        home = storage.machines() / name
        home.mkdir(mode=0o711, parents=True)
        backing = ("-b", base.disk.path, "-F", "qcow2")
        run("qemu-img", "create", "-q", "-f", "qcow2", *backing, home / "disk.qcow2", "4G")
        shutil.copy(folder / f"{name}.iso", home / "seed.iso")
        vmfiles.copy_boot(Files(folder=home), base.disk)


def define_and_start(folder: Path) -> None:
    for name in GUESTS:
        virsh("nwfilter-define", str(folder / f"{name}.filter.xml"))
        virsh("define", str(folder / f"{name}.xml"))
    for name in GUESTS:
        virsh("start", name)


def virt_install(folder: Path) -> None:
    """Do the same with virt-install: its own domain, our documents, filters and bridges."""
    base = image.read(disk())
    assert base is not None
    assert base.disk is not None
    boot = f"kernel={base.disk.kernel},initrd={base.disk.initrd},kernel_args={base.disk.cmdline}"
    for number, name in enumerate(GUESTS, start=1):
        documents = folder / name
        extract = ("-extract", "/", documents)
        run("xorriso", "-osirrox", "on", "-indev", folder / f"{name}.iso", *extract)
        virsh("nwfilter-define", str(folder / f"{name}.filter.xml"))
        seed = ",".join(f"{path.name}={path}" for path in sorted(documents.iterdir()))
        mac = virsh_mac(folder / f"{name}.xml")
        port = f"bridge=leaf{number},mac={mac},model=virtio,filterref.filter=vipprov-{name}"
        run(
            *(
                "virt-install",
                "--connect",
                ON[1],
                "--name",
                name,
                "--memory",
                "512",
                "--vcpus",
                "1",
            ),
            *("--import", "--virt-type", "qemu", "--osinfo", "detect=on,require=off"),
            *("--disk", f"path={storage.machines() / name / 'disk.qcow2'},bus=virtio"),
            *("--network", port, "--cloud-init", f"{seed},disable=off", "--boot", boot),
            *("--graphics", "none", "--noautoconsole", "--wait", "0"),
        )


def virsh_mac(path: Path) -> str:
    _, _, rest = path.read_text().partition("<mac address='")
    return rest[:17]


def clear() -> None:
    """Remove what was made, by whomever; what a plain script made has vipprov's marks."""
    vipprov("vm", "destroy", NAME, "--yes", *ON)
    for name in GUESTS:
        for verb in (("destroy",), ("undefine", "--nvram")):
            subprocess.run(
                ["virsh", "-q", "-c", ON[1], *verb, name], capture_output=True, check=False
            )
        shutil.rmtree(storage.machines() / name, ignore_errors=True)


def test_create_to_proven_against_a_plain_script_and_virt_install(tmp_path: Path) -> None:
    made = document(NAME, number=NUMBER, hypervisor=ON[1], timeout="10m")
    pair = write(tmp_path / "pair.yaml", made)
    prepare(tmp_path, pair)
    figures: dict[str, list[float]] = {"ours": [], "plain": [], "virt-install": []}
    with plugged("leaf3", f"{NET}.99/24") as client:

        def theirs(work: Callable[[Path], None]) -> float:
            lay_out(tmp_path)

            def until_answered() -> None:
                work(tmp_path)
                client.run("arping", "-f", "-w", "300", "-I", "eth0", f"{NET}.50")

            return seconds(until_answered)

        for _ in range(ROUNDS):
            figures["ours"].append(seconds(lambda: vipprov("vm", "create", pair)))
            clear()
            figures["plain"].append(theirs(define_and_start))
            clear()
            if shutil.which("virt-install") is not None:
                figures["virt-install"].append(theirs(virt_install))
                clear()
    for name, found in figures.items():
        print(f"\n{name}: {' '.join(f'{one:.1f}' for one in found)} s")
    ratios = {
        name: median([mine / other for mine, other in zip(figures["ours"], found, strict=True)])
        for name, found in figures.items()
        if found
    }
    print({name: round(ratio, 3) for name, ratio in ratios.items()})
    assert ratios["plain"] <= 1.05
