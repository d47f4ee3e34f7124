"""The page as a browser draws it: two columns, and in the charts what was lost is to be seen."""

import shutil
import subprocess
from pathlib import Path

import pytest

from drawn import broken, cured
from vipprov.pipelines import failoverpage
from vipprov.pipelines.failoverpage import Column

CHROMIUM = shutil.which("chromium")
QUIET = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-dev-shm-usage",
)

pytestmark = [
    pytest.mark.real,
    pytest.mark.skipif(CHROMIUM is None, reason="there is no chromium here"),
]


@pytest.fixture
def page(tmp_path: Path) -> Path:
    columns = (
        Column(title="without a virtual MAC", series=broken()),
        Column(title="with a virtual MAC", series=cured()),
    )
    path = tmp_path / "page.html"
    path.write_text(failoverpage.comparison(columns), encoding="utf-8")
    return path


def browsed(page: Path, *options: str) -> subprocess.CompletedProcess[str]:
    command = (
        str(CHROMIUM),
        *QUIET,
        f"--user-data-dir={page.parent / 'profile'}",
        *options,
        page.as_uri(),
    )
    return subprocess.run(command, capture_output=True, text=True, check=True, timeout=90)


def test_a_browser_reads_it_as_it_was_meant(page: Path) -> None:
    read = browsed(page, "--dump-dom").stdout
    assert read.count("<svg") == 2
    assert read.count('class="lost"') == 4 + 2  # each view's, and the key's of each chart
    assert "<plain" not in read


def test_a_browser_draws_it(page: Path) -> None:
    picture = page.with_suffix(".png")
    browsed(page, "--window-size=1500,900", f"--screenshot={picture}")
    # An empty page of that size is a few kilobytes.
    assert picture.stat().st_size > 30_000
