"""`vm create` against a plain script with everything prepared. Prints ratios; run it when idle.

.venv/bin/pytest -s -m bench tests/bench
"""

import os
import resource
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from bench.timing import median, seconds
from lab import containers
from lab.client import plugged
from lab.command import VIPPROV, vipprov
from lab.conftest import document, write
from vipprov.hv import storage

pytestmark = [pytest.mark.bench, pytest.mark.timeout(1200)]

ROUNDS = 5
NAME, NUMBER = "bench", 19
GUESTS = (f"{NAME}-1", f"{NAME}-2")
VIP = f"10.50.{50 + NUMBER}.50"


def prepare(folder: Path, pair: Path) -> None:
    """Keep what a plain script needs of a pair: its domains, its filters, its guests' files."""
    for arguments in (("lab", "up"), ("image", "build", "debian-12"), ("vm", "create", pair)):
        done = vipprov(*arguments)
        assert done.code == 0, done.err
    for name in GUESTS:
        (folder / f"{name}.xml").write_text(containers.virsh("dumpxml", "--inactive", name))
        filtered = containers.virsh("nwfilter-dumpxml", f"vipprov-{name}")
        (folder / f"{name}.filter.xml").write_text(filtered)
    vipprov("vm", "destroy", NAME, "--yes")


def lay_out(folder: Path, layers: Path) -> None:
    """Give each guest the files of a first boot, as they were before it."""
    for name in GUESTS:
        shutil.rmtree(storage.machines() / name, ignore_errors=True)
        shutil.copytree(layers / name, storage.machines() / name)
    assert (folder / f"{GUESTS[0]}.xml").exists()


def keep_layers(pair: Path, layers: Path) -> None:
    """Copy the guests' files at the moment at which they are written and nothing has run."""
    process = subprocess.Popen([VIPPROV, "vm", "create", pair], stderr=subprocess.DEVNULL)
    try:
        for name in GUESTS:
            source = storage.machines() / name
            while not (source / "upper/var/lib/cloud/seed/nocloud/network-config").exists():
                os.sched_yield()
            shutil.copytree(source, layers / name)
    finally:
        process.kill()
        process.wait()
        vipprov("vm", "destroy", NAME, "--yes")


def plainly(folder: Path, answered: Callable[[], None]) -> None:
    for name in GUESTS:
        containers.virsh("nwfilter-define", str(folder / f"{name}.filter.xml"))
        containers.virsh("define", str(folder / f"{name}.xml"))
    for name in GUESTS:
        containers.virsh("start", name)
    answered()


def clear() -> None:
    """Remove what the plain script made: the marks in its domains tell vipprov what that is."""
    done = vipprov("vm", "destroy", NAME, "--yes")
    assert done.code == 0, done.err


def test_create_to_proven_against_a_plain_script(tmp_path: Path) -> None:
    pair = write(tmp_path / "pair.yaml", document(NAME, number=NUMBER))
    layers = tmp_path / "layers"
    layers.mkdir()
    prepare(tmp_path, pair)
    keep_layers(pair, layers)
    ours, plain = [], []
    with plugged("leaf3", f"10.50.{50 + NUMBER}.99/24") as client:

        def answered() -> None:
            client.run("arping", "-f", "-w", "60", "-I", "eth0", VIP)

        for _ in range(ROUNDS):
            ours.append(seconds(lambda: vipprov("vm", "create", pair)))
            clear()
            lay_out(tmp_path, layers)
            plain.append(seconds(lambda: plainly(tmp_path, answered)))
            clear()
    ratios = [mine / other for mine, other in zip(ours, plain, strict=True)]
    print(f"\ncreate {median(ours):.2f} s, plain {median(plain):.2f} s, ratio {median(ratios):.2f}")
    assert median(ratios) <= 1.25


def test_create_of_an_unchanged_pair_and_its_memory(tmp_path: Path) -> None:
    pair = write(tmp_path / "pair.yaml", document(NAME, number=NUMBER))
    assert vipprov("vm", "create", pair).code == 0
    try:
        figures = [seconds(lambda: vipprov("vm", "create", pair)) for _ in range(ROUNDS)]
    finally:
        clear()
    # The largest of all children that ended: the command is larger than what else is run here.
    mebibytes = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
    print(f"\nunchanged {median(figures):.2f} s; peak memory {mebibytes:.0f} MiB")
    assert median(figures) < 2
    assert mebibytes <= 120


def test_help_against_the_import_of_typer() -> None:
    def cpu(argv: list[str | Path]) -> float:
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        subprocess.run(argv, check=True, stdout=subprocess.DEVNULL)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime

    python = VIPPROV.with_name("python")
    ratios = [
        cpu([VIPPROV, "--help"]) / cpu([python, "-c", "import typer"]) for _ in range(4 * ROUNDS)
    ]
    print(f"\n--help / import typer: {median(ratios):.2f}")
    assert median(ratios) <= 1.5
