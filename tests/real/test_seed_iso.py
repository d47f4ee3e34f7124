"""The CD as xorriso reads it, which shares no code with what wrote it."""

import shutil
import subprocess
from dataclasses import replace
from pathlib import Path, PurePosixPath

import pytest

from cloudinit_values import CONFIGURATION, seed
from vipprov.cloudinit import iso
from vipprov.cloudinit.seed import Seed
from vipprov.guest.configuration import GuestFile

pytestmark = [
    pytest.mark.real,
    pytest.mark.skipif(shutil.which("xorriso") is None, reason="xorriso is not installed"),
]

LARGE = GuestFile(path=PurePosixPath("/etc/large"), content="é\n" * 40_000)


@pytest.mark.parametrize(
    "made",
    [seed(), seed(configuration=replace(CONFIGURATION, files=(LARGE,)))],
    ids=["small", "many sectors"],
)
@pytest.mark.parametrize("ignoring", ["nojoliet", "norock"])
def test_cd_gives_back_the_same_octets_under_both_kinds_of_names(
    tmp_path: Path, made: Seed, ignoring: str
) -> None:
    iso.write(made, tmp_path / "seed.iso")
    out = tmp_path / "out"
    xorriso("-read_fs", ignoring, "-indev", tmp_path / "seed.iso", "-extract", "/", out)
    found = {file.name: file.read_bytes() for file in out.iterdir()}
    assert found == {name: content.encode() for name, content in made.files()}


def test_cd_has_the_label_that_no_cloud_looks_for(tmp_path: Path) -> None:
    iso.write(seed(), tmp_path / "seed.iso")
    said = xorriso("-indev", tmp_path / "seed.iso", "-pvd_info")
    assert "Volume Id    : CIDATA" in said


def xorriso(*arguments: str | Path) -> str:
    done = subprocess.run(
        ["xorriso", "-osirrox", "on", *arguments], capture_output=True, check=True, text=True
    )
    return done.stdout + done.stderr
