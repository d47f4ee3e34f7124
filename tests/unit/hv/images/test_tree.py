from dataclasses import replace
from pathlib import Path

import pytest

from vipprov.hv.images import debian_12, tree
from vipprov.hv.images.recipe import ImageFile, Recipe

PLAIN = Recipe(
    name="plain",
    suite="bookworm",
    packages=("keepalived", "systemd"),
    excluded=("/usr/share/man/*",),
    files=(),
    links=(),
    folders=(),
    removed=(),
    enabled=("systemd-networkd.service",),
    masked=(),
)


def command(recipe: Recipe) -> tuple[str, ...]:
    return tree.command(
        recipe, tree=Path("/t"), sources=Path("/s"), cache=Path("/c"), scratch=Path("/x")
    )


def test_the_command_ends_with_suite_tree_and_sources() -> None:
    assert command(PLAIN)[-3:] == ("bookworm", "/t", "/s")


def test_a_build_dies_with_the_command_that_started_it() -> None:
    argv = command(PLAIN)
    assert argv[:3] == ("setpriv", "--pdeathsig", "KILL")
    assert {"--pid", "--kill-child", "--mount"} <= set(argv)


def test_downloads_are_kept_outside_the_tree() -> None:
    argv = command(PLAIN)
    assert any("mount --bind" in part and '"/c"' in part for part in argv)
    assert any("cleanup/apt/cache" in part and "essential/unlink" in part for part in argv)


def test_a_files_content_and_mode_replace_what_a_package_brought(tmp_path: Path) -> None:
    (tmp_path / "etc").mkdir()
    (tmp_path / "etc/machine-id").write_text("0123")
    (tmp_path / "etc/machine-id").chmod(0o444)
    file = ImageFile(path="etc/machine-id", content="uninitialized\n", mode=0o444)
    tree.finish(replace(PLAIN, files=(file,)), tmp_path)
    assert (tmp_path / "etc/machine-id").read_text() == "uninitialized\n"
    assert (tmp_path / "etc/machine-id").stat().st_mode & 0o777 == 0o444


def test_a_file_is_never_written_through_a_link_out_of_the_tree(tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    outside.write_text("the host's")
    (tmp_path / "tree/etc").mkdir(parents=True)
    (tmp_path / "tree/etc/hostname").symlink_to(outside)
    file = ImageFile(path="etc/hostname", content="debian\n")
    tree.finish(replace(PLAIN, files=(file,)), tmp_path / "tree")
    assert outside.read_text() == "the host's"


def test_finishing_twice_is_the_same_as_once(tmp_path: Path) -> None:
    (tmp_path / "etc/systemd/system").mkdir(parents=True)
    tree.finish(debian_12.TREE, tmp_path)
    before = sorted(path.relative_to(tmp_path) for path in tmp_path.rglob("*"))
    tree.finish(debian_12.TREE, tmp_path)
    assert sorted(path.relative_to(tmp_path) for path in tmp_path.rglob("*")) == before


@pytest.mark.parametrize(
    "changed",
    [
        replace(PLAIN, packages=("keepalived",)),
        replace(PLAIN, masked=("ssh.service",)),
        replace(PLAIN, files=(ImageFile(path="a", content="b"),)),
    ],
)
def test_whatever_a_recipe_says_is_in_its_digest(changed: Recipe) -> None:
    assert changed.digest != PLAIN.digest
    assert replace(PLAIN).digest == PLAIN.digest


def test_the_data_sources_are_on_one_line() -> None:
    assert "datasource_list: [NoCloud]\n" in debian_12.DATA_SOURCE
