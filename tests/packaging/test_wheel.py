"""sdist and wheel hold the project's files under the names they are imported by; nothing else."""

import tarfile
from email.message import Message
from email.parser import BytesParser
from pathlib import Path
from zipfile import ZipFile

import pytest

from project import PACKAGES, ROOT, declared

pytestmark = pytest.mark.packaging

VERSION = declared()["version"]
METADATA = f"vipprov-{VERSION}.dist-info"


def test_wheel_holds_the_tracked_files_of_the_packages_and_metadata(
    wheel: Path, tracked: tuple[str, ...]
) -> None:
    ours = {f"vipprov/{name}" for name in tracked if name.split("/")[0] in PACKAGES}
    about = {"METADATA", "WHEEL", "RECORD", "entry_points.txt", "licenses/LICENSE"}
    assert sorted(names(wheel)) == sorted(ours | {f"{METADATA}/{name}" for name in about})


def test_nothing_is_importable_by_a_bare_name(wheel: Path) -> None:
    assert {name.split("/")[0] for name in names(wheel)} == {"vipprov", METADATA}


@pytest.mark.parametrize("package", PACKAGES)
def test_every_package_is_there_and_says_that_it_is_typed(wheel: Path, package: str) -> None:
    assert {f"vipprov/{package}/__init__.py", f"vipprov/{package}/py.typed"} <= set(names(wheel))


def test_what_is_in_the_wheel_is_what_is_in_the_checkout(wheel: Path, source: Path) -> None:
    with ZipFile(wheel) as archive:
        for name in names(wheel):
            if name.startswith("vipprov/"):
                below = name.removeprefix("vipprov/")
                assert archive.read(name) == (source / below).read_bytes(), name


def test_wheel_carries_the_licence_and_serves_any_machine(wheel: Path) -> None:
    with ZipFile(wheel) as archive:
        assert archive.read(f"{METADATA}/licenses/LICENSE") == (ROOT / "LICENSE").read_bytes()
    assert metadata(wheel)["License-Expression"] == "Apache-2.0"
    assert wheel.name == f"vipprov-{VERSION}-py3-none-any.whl"


def test_libvirt_is_asked_for_only_by_its_extra(wheel: Path) -> None:
    asked = metadata(wheel).get_all("Requires-Dist", [])
    assert [line for line in asked if "libvirt" in line] == [
        "libvirt-python>=9; extra == 'libvirt'"
    ]


def test_sdist_holds_what_a_wheel_is_built_from_and_no_traces_of_work(
    sdist: Path, tracked: tuple[str, ...]
) -> None:
    with tarfile.open(sdist) as archive:
        held = {entry.name.removeprefix(f"vipprov-{VERSION}/") for entry in archive}
    needed = {name for name in tracked if name.split("/")[0] in {*PACKAGES, "tests"}}
    assert needed | {"pyproject.toml", "hatch_build.py", "README.md", "LICENSE"} <= held
    assert held - {"PKG-INFO"} <= set(tracked)


def names(wheel: Path) -> list[str]:
    """Return the wheel's files."""
    with ZipFile(wheel) as archive:
        return archive.namelist()


def metadata(wheel: Path) -> Message:
    """Return what the wheel says of itself."""
    with ZipFile(wheel) as archive:
        return BytesParser().parsebytes(archive.read(f"{METADATA}/METADATA"))
