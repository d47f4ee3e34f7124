"""What the packaging tests share: the distribution, built once from a copy of the checkout."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from project import PACKAGES, ROOT


@pytest.fixture(scope="session")
def tracked() -> tuple[str, ...]:
    """Return the files that belong to the project, relative to its root."""
    listed = subprocess.run(
        ["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=True
    )
    return tuple(listed.stdout.strip("\0").split("\0"))


@pytest.fixture(scope="session")
def source(tracked: tuple[str, ...], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a copy of the checkout, with the traces of work that a real one has."""
    copy = tmp_path_factory.mktemp("source")
    for name in tracked:
        (copy / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(ROOT / name, copy / name)
    _leave_traces(copy)
    return copy


@pytest.fixture(scope="session")
def built(source: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with an sdist, and the wheel that was built from that sdist."""
    folder = tmp_path_factory.mktemp("dist")
    # No isolation: an environment of its own would be filled from the package index.
    build = [sys.executable, "-m", "build", "--no-isolation", "--outdir", str(folder)]
    done = subprocess.run(build, cwd=source, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return folder


@pytest.fixture(scope="session")
def wheel(built: Path) -> Path:
    """Return the wheel."""
    (found,) = built.glob("*.whl")
    return found


@pytest.fixture(scope="session")
def sdist(built: Path) -> Path:
    """Return the sdist."""
    (found,) = built.glob("*.tar.gz")
    return found


def _leave_traces(checkout: Path) -> None:
    # Links of an editable install, in the sdist too, once gave a silently empty wheel.
    links = checkout / ".dev" / "vipprov"
    links.mkdir(parents=True)
    for package in PACKAGES:
        (links / package).symlink_to(Path("..", "..", package))
        cache = checkout / package / "__pycache__"
        cache.mkdir()
        (cache / "__init__.cpython-311.pyc").write_bytes(b"")
