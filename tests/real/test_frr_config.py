"""Real FRR reads what we render."""

import shutil
import subprocess
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from vipprov.hv.fabric import frr, frrconf, frrprocess
from vipprov.hv.fabric.duplicates import FREEZE, MOVES, WINDOW, Duplicates
from vipprov.hv.fabric.evpnspec import LEAFS, EvpnLab

pytestmark = pytest.mark.real

DAEMONS = Path("/usr/lib/frr")


@pytest.fixture
def folder() -> Iterator[Path]:
    """Make a folder that FRR's own user can use, as pytest's cannot be."""
    with TemporaryDirectory(dir="/run", prefix="vipprov-test-") as made:
        shutil.chown(made, frr.USER, frr.USER)
        yield Path(made)


def complaints(daemon: str, text: str, folder: Path) -> list[str]:
    """Return what a daemon says of the lines of this configuration when it only reads them."""
    conf = folder / "daemon.conf"
    conf.write_text(text)
    files = ("-f", conf, "-i", folder / "pid", "--vty_socket", folder)
    argv = [str(DAEMONS / daemon), "-C", *map(str, files)]
    with subprocess.Popen(argv, stderr=subprocess.PIPE, text=True) as judge:
        said: str = judge.communicate(timeout=20)[1]
    shutil.rmtree(frrprocess.CRASH_LOGS / f"{daemon}.{judge.pid}", ignore_errors=True)
    assert judge.returncode == 0
    return [line for line in said.splitlines() if "config line" in line]


def moved(lab: EvpnLab, leaf: int, render: Callable[[EvpnLab, int], str], folder: Path) -> str:
    """Return a leaf's configuration with its files in another folder."""
    return render(lab, leaf).replace(str(lab.folder_of(leaf)), str(folder))


def limits(end: int) -> Duplicates:
    return Duplicates(
        moves=MOVES[end],
        window=timedelta(seconds=WINDOW[end]),
        freeze=timedelta(seconds=FREEZE[end]),
    )


@pytest.mark.parametrize("duplicates", [None, Duplicates(), limits(0), limits(-1)])
@pytest.mark.parametrize("leafs", [LEAFS[0], LEAFS[-1]])
def test_bgpd_takes_its_configuration_without_a_word(
    folder: Path, leafs: int, duplicates: Duplicates | None
) -> None:
    lab = EvpnLab(leafs=leafs, duplicates=duplicates)
    assert complaints("bgpd", moved(lab, leafs, frrconf.bgpd, folder), folder) == []


def test_zebra_takes_its_configuration_without_a_word(folder: Path) -> None:
    assert complaints("zebra", moved(EvpnLab(), 1, frrconf.zebra, folder), folder) == []


def test_a_command_that_frr_does_not_know_is_noticed(folder: Path) -> None:
    (said,) = complaints("bgpd", "router bee-gee-pee\n", folder)
    assert "router bee-gee-pee" in said
