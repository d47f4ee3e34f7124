"""What is imported is declared, what is declared is pinned, and pins name hashes and no place."""

import ast
import re
import sys
from collections.abc import Iterator
from importlib.metadata import packages_distributions, requires
from pathlib import Path

import pytest
from packaging.requirements import Requirement

from project import PACKAGES, ROOT, canonical, declared

# The whole of a line, with continuation lines joined: any option, URL or path falls through.
PINNED = re.compile(
    r"(?P<name>[a-z0-9._-]+)==(?P<version>[\w.]+)( ; [^/\\@]+?)?( --hash=sha256:[0-9a-f]{64})+"
)
LOCKS = ("run", "dev")


@pytest.mark.parametrize("lock", LOCKS)
def test_every_line_is_one_version_with_its_hashes_and_no_place(lock: str) -> None:
    assert [line for line in lines(f"{lock}.txt") if not PINNED.fullmatch(line)] == []


@pytest.mark.parametrize("lock", LOCKS)
def test_what_is_asked_for_is_named_without_a_place_and_pinned_within_its_bounds(lock: str) -> None:
    pinned = pins(lock)
    for line in lines(f"{lock}.in"):
        if line == "-r run.in":
            continue
        asked = Requirement(line)
        assert asked.url is None
        assert asked.specifier.contains(pinned[canonical(asked.name)]), line


def test_checks_run_with_the_versions_that_users_get() -> None:
    assert pins("run").items() <= pins("dev").items()


def test_what_the_project_declares_is_pinned_within_its_bounds() -> None:
    for asked in (*needed(), *extra("libvirt")):
        assert asked.specifier.contains(pins("run")[canonical(asked.name)]), str(asked)


def test_every_declared_dependency_is_imported_somewhere() -> None:
    assert {canonical(asked.name) for asked in needed()} - imported_distributions() == set()
    assert {canonical(asked.name) for asked in extra("libvirt")} <= imported_distributions()


def test_every_import_from_outside_is_declared() -> None:
    declared_ones = {canonical(asked.name) for asked in (*needed(), *extra("libvirt"))}
    assert imported_distributions() - declared_ones - fixed_by(declared_ones) == set()


def lines(name: str) -> list[str]:
    """Return the lines of a requirements file, continued ones joined, without comments."""
    text = re.sub(r" *\\\n *", " ", (ROOT / "requirements" / name).read_text())
    return [line for line in text.splitlines() if line and not line.startswith("#")]


def pins(lock: str) -> dict[str, str]:
    """Return the version of each pinned distribution."""
    found = (PINNED.fullmatch(line) for line in lines(f"{lock}.txt"))
    return {canonical(pin["name"]): pin["version"] for pin in found if pin}


def needed() -> tuple[Requirement, ...]:
    """Return what the project always needs."""
    return tuple(map(Requirement, declared()["dependencies"]))


def extra(name: str) -> tuple[Requirement, ...]:
    """Return what one of the project's extras needs."""
    return tuple(map(Requirement, declared()["optional-dependencies"][name]))


def fixed_by(names: set[str]) -> set[str]:
    """Return what these need in exactly one version, as pydantic does with pydantic-core.

    Asking for the one asks for the other, and a range of our own could only clash.
    """
    theirs = (Requirement(line) for name in names for line in requires(name) or ())
    return {canonical(asked.name) for asked in theirs if str(asked.specifier).startswith("==")}


def imported_distributions() -> set[str]:
    """Return the distributions that our packages import from, whenever they do it."""
    homes = packages_distributions()
    outside = {name for path in ours() for name in imports(path)}
    outside -= {"vipprov", *sys.stdlib_module_names}
    return {canonical(home) for name in outside for home in homes[name]}


def ours() -> Iterator[Path]:
    """Return our source files."""
    for package in PACKAGES:
        yield from (ROOT / package).rglob("*.py")


def imports(path: Path) -> Iterator[str]:
    """Return the topmost names that a file imports, wherever in it."""
    for node in ast.walk(ast.parse(path.read_text())):
        match node:
            case ast.Import(names=names):
                yield from (name.name.partition(".")[0] for name in names)
            case ast.ImportFrom(module=str(module), level=0):
                yield module.partition(".")[0]
            case _:
                pass
