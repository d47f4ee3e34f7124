"""A guest whose keepalived is too old ends the create, or is healed from its own sources."""

import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from lab.command import vipprov
from lab.conftest import document, write
from lab.images import copied

pytestmark = [pytest.mark.lab, pytest.mark.usefixtures("leaves")]

NUMBER = 18
REPOSITORY = Path("srv/packages")

# The real program, but for what it says of its version.
OLD = """\
#!/bin/sh
case " $* " in *" --version "*) echo 'Keepalived v2.0.10 (11/12,2018)' >&2; exit 0;; esac
exec /usr/sbin/keepalived.real "$@"
"""
POSTINST = """\
#!/bin/sh
mv -f /usr/sbin/keepalived.new /usr/sbin/keepalived
systemctl --no-block restart keepalived.service || :
"""
CONTROL = """\
Package: keepalived
Version: 1:99-local
Architecture: all
Maintainer: The tests <root@localhost>
Description: the same keepalived, with its true version
"""


@pytest.fixture(scope="module")
def old_image(tmp_path_factory: pytest.TempPathFactory, leaves: None) -> Iterator[Path]:  # noqa: ARG001  the image comes first
    """Yield an image whose keepalived says 2.0.10 and whose package source has a newer one."""
    folder = tmp_path_factory.mktemp("old")
    with copied(folder / "image") as image:
        program = image / "usr/sbin/keepalived"
        program.rename(program.with_suffix(".real"))
        program.write_text(OLD)
        program.chmod(0o755)
        _package(folder / "package", image)
        yield image


def _package(folder: Path, image: Path) -> None:
    """Put a package source with a newer keepalived into the image, and leave it no other."""
    (folder / "DEBIAN").mkdir(parents=True)
    (folder / "DEBIAN/control").write_text(CONTROL)
    (folder / "DEBIAN/postinst").write_text(POSTINST)
    (folder / "DEBIAN/postinst").chmod(0o755)
    (folder / "usr/sbin").mkdir(parents=True)
    shutil.copy(image / "usr/sbin/keepalived.real", folder / "usr/sbin/keepalived.new")
    repository = image / REPOSITORY
    repository.mkdir(parents=True)
    package = repository / "keepalived.deb"
    subprocess.run(["dpkg-deb", "--build", "--root-owner-group", folder, package], check=True)
    index = f"{CONTROL}Filename: ./{package.name}\nSize: {package.stat().st_size}\n"
    digest = subprocess.run(["sha256sum", package], check=True, capture_output=True, text=True)
    (repository / "Packages").write_text(f"{index}SHA256: {digest.stdout.split()[0]}\n")
    for path in (image / "etc/apt/sources.list.d").iterdir():
        path.unlink()
    (image / "etc/apt/sources.list").unlink(missing_ok=True)
    (image / "etc/apt/sources.list").write_text(f"deb [trusted=yes] file:/{REPOSITORY} ./\n")


def test_keepalived_that_is_too_old_ends_the_create_with_what_was_found(
    old_image: Path, tmp_path: Path
) -> None:
    made = document("old", number=NUMBER, image=str(old_image))
    try:
        ended = vipprov("vm", "create", write(tmp_path / "pair.yaml", made), "--logs", tmp_path)
        assert ended.code == 6, ended.err
        assert "keepalived 2.0.10 where keepalived >= 2.0.16 is needed" in ended.err
        assert vipprov("vm", "show", "old").code == 3
    finally:
        vipprov("vm", "destroy", "old", "--yes")


def test_update_from_the_guests_own_sources_heals_it(old_image: Path, tmp_path: Path) -> None:
    made = document("old", number=NUMBER, image=str(old_image), packages={"update": True})
    try:
        ended = vipprov("vm", "create", write(tmp_path / "pair.yaml", made), "--logs", tmp_path)
        assert ended.code == 0, ended.err + ended.out
    finally:
        vipprov("vm", "destroy", "old", "--yes")
