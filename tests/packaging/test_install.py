"""The wheel works where it is installed, and leaves what is installed beside it working."""

import subprocess
import sys
import sysconfig
from collections.abc import Iterable, Iterator
from importlib.metadata import distribution, distributions
from pathlib import Path

import pytest
from packaging.requirements import Requirement

from commands import Words, commands, groups
from project import canonical, declared

pytestmark = pytest.mark.packaging

PYTHON = "/usr/bin/python3"
CLOUD_INIT = Path("/usr/bin/cloud-init")
PATH = "/usr/sbin:/usr/bin:/sbin:/bin"

needs_cloud_init = pytest.mark.skipif(
    not CLOUD_INIT.exists(), reason="cloud-init is not installed: scripts/packages test"
)


@pytest.fixture(scope="session")
def vipprov(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the command, installed where there is only what the wheel says it needs.

    pip could take that from an index alone, since the pinned wheels are kept nowhere. So those of
    the tests' own packages that the wheel's metadata leads to are linked in: libvirt-python is
    not among them, and a dependency that is not declared is missing.
    """
    folder = tmp_path_factory.mktemp("empty")
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", folder], check=True)
    site = sysconfig.get_path("purelib", "venv", {"base": str(folder)})
    pip("--python", str(folder / "bin" / "python"), "install", str(wheel))
    (ours,) = distributions(name="vipprov", path=[site])
    for name in with_what_they_need(ours.requires or ()):
        for top in tops(name):
            Path(site, top.name).symlink_to(top)
    return folder / "bin" / "vipprov"


@pytest.fixture(scope="session")
def beside(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder that holds the installed wheel, for the path of Debian's own Python."""
    folder = tmp_path_factory.mktemp("beside")
    pip("install", "--target", str(folder), str(wheel))
    return folder


def test_version_is_the_declared_one(vipprov: Path) -> None:
    done = run(vipprov, "--version")
    assert (done.returncode, done.stdout) == (0, f"vipprov {declared()['version']}\n"), done.stderr


@pytest.mark.parametrize("words", [*groups(), *commands()], ids=" ".join)
def test_help_needs_no_libvirt(vipprov: Path, words: Words) -> None:
    done = run(vipprov, *words, "--help")
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith(" ".join(("Usage: vipprov", *words)))


def test_schema_needs_no_libvirt(vipprov: Path) -> None:
    done = run(vipprov, "schema")
    assert done.returncode == 0, done.stderr


def test_command_that_needs_libvirt_says_what_to_install(vipprov: Path) -> None:
    done = run(vipprov, "vm", "list")
    assert (done.returncode, done.stdout) == (4, "")
    assert done.stderr == (
        "vipprov: lxc:///system needs libvirt-python, which is not installed.\n"
        "  Install vipprov[libvirt]; it builds against the package libvirt-dev.\n"
    )


@needs_cloud_init
@pytest.mark.parametrize("installed", [False, True], ids=["without vipprov", "beside vipprov"])
def test_cloud_init_works(beside: Path, tmp_path: Path, *, installed: bool) -> None:
    folder = beside if installed else tmp_path
    assert can_import("vipprov.cloudinit", folder) is installed
    assert (version := run(CLOUD_INIT, "--version", path=folder)).returncode == 0, version.stderr
    document = tmp_path / "user-data"
    document.write_text("#cloud-config\nruncmd: [[echo, hello]]\n")
    schema = run(CLOUD_INIT, "schema", "--config-file", document, path=folder)
    assert schema.returncode == 0, schema.stderr
    origin = run(PYTHON, "-c", "import cloudinit; print(cloudinit.__file__)", path=folder)
    assert origin.stdout.startswith("/usr/lib/python3/dist-packages/cloudinit/"), origin


@needs_cloud_init
def test_bare_cloudinit_in_that_place_would_have_been_noticed(tmp_path: Path) -> None:
    (tmp_path / "cloudinit").mkdir()
    (tmp_path / "cloudinit" / "__init__.py").touch()
    assert run(CLOUD_INIT, "--version", path=tmp_path).returncode != 0


def pip(*arguments: str) -> None:
    """Run the tests' pip, which asks no index and adds no dependencies."""
    own = [sys.executable, "-m", "pip", "--disable-pip-version-check", "--quiet"]
    offline = ["--no-index", "--no-deps", "--no-cache-dir", "--no-warn-script-location"]
    done = subprocess.run([*own, *arguments, *offline], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def run(
    program: str | Path, *arguments: str | Path, path: Path | None = None
) -> subprocess.CompletedProcess[str]:
    """Run a program outside the checkout, with `path` first on Python's path."""
    python_path = {} if path is None else {"PYTHONPATH": str(path)}
    return subprocess.run(
        [program, *arguments],
        cwd="/",
        env={"PATH": PATH} | python_path,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )


def can_import(module: str, folder: Path) -> bool:
    """Say whether Debian's Python finds the module with this folder on its path."""
    return run(PYTHON, "-c", f"import {module}", path=folder).returncode == 0


def with_what_they_need(requirements: Iterable[str]) -> set[str]:
    """Return the distributions that these lead to in this environment, extras not asked for."""
    found, waiting = set[str](), list(requirements)
    while waiting:
        asked = Requirement(waiting.pop())
        name = canonical(asked.name)
        if name not in found and (asked.marker is None or asked.marker.evaluate({"extra": ""})):
            found.add(name)
            waiting += distribution(name).requires or ()
    return found


def tops(name: str) -> Iterator[Path]:
    """Return the topmost files and folders of a distribution, where they are installed."""
    whole = distribution(name)
    outside = {"..", "__pycache__"}  # scripts; caches of modules that have no folder
    for top in {path.parts[0] for path in whole.files or ()} - outside:
        yield Path(str(whole.locate_file(top)))
