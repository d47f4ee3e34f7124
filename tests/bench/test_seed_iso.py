"""A seed CD against xorriso, turn about. Prints ratios; run it when idle.

.venv/bin/pytest -s -m bench tests/bench/test_seed_iso.py
"""

import shutil
import statistics
import subprocess
import sys
from pathlib import Path

import pytest

from bench.timing import seconds
from cloudinit_values import seed
from vipprov.cloudinit import folder, iso

pytestmark = [
    pytest.mark.bench,
    pytest.mark.skipif(shutil.which("xorriso") is None, reason="xorriso is not installed"),
]

ROUNDS = 15


def test_seed_of_one_guest_against_xorriso(tmp_path: Path) -> None:
    made = seed()
    source = tmp_path / "documents"
    folder.write(made, source)
    theirs = ("xorriso", "-as", "genisoimage", "-quiet", "-V", "cidata", "-J", "-r")
    command = (*theirs, "-o", str(tmp_path / "theirs.iso"), str(source))

    def plainly() -> None:
        subprocess.run(command, check=True, capture_output=True)

    first = seconds(lambda: iso.write(made, tmp_path / "ours.iso"))  # with the library's import
    assert "pycdlib" in sys.modules
    rounds = [
        (seconds(lambda: iso.write(made, tmp_path / "ours.iso")), seconds(plainly))
        for _ in range(ROUNDS)
    ]
    ours, plain = (statistics.median(column) for column in zip(*rounds, strict=True))
    ratio = statistics.median(mine / other for mine, other in rounds)
    print(
        f"\nseed {ours * 1000:.1f} ms, xorriso {plain * 1000:.1f} ms, ratio {ratio:.3f}; "
        f"the first of a process {first * 1000:.1f} ms, ratio {first / plain:.2f}"
    )
    assert ratio <= 0.2
