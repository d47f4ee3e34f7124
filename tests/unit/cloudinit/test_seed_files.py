import io
import os
import stat
from pathlib import Path

import pycdlib
import pytest

from cloudinit_values import seed
from vipprov.cloudinit import folder, iso
from vipprov.guest.errors import HypervisorError


def test_folder_holds_the_documents_and_nothing_else(tmp_path: Path) -> None:
    folder.write(seed(), tmp_path / "nocloud")
    found = {file.name: file.read_text() for file in (tmp_path / "nocloud").iterdir()}
    assert found == dict(seed().files())


def test_folder_and_files_are_for_their_owner_alone_whatever_the_umask(tmp_path: Path) -> None:
    before = os.umask(0)
    try:
        folder.write(seed(), tmp_path / "var" / "nocloud")
    finally:
        os.umask(before)
    assert mode(tmp_path / "var" / "nocloud") == 0o700
    assert {mode(file) for file in (tmp_path / "var" / "nocloud").iterdir()} == {0o600}


def test_missing_parents_are_open_to_read_whatever_the_umask(tmp_path: Path) -> None:
    # In an overlay they become /var and /var/lib of the guest.
    before = os.umask(0o077)
    try:
        folder.write(seed(), tmp_path / "var" / "lib" / "nocloud")
    finally:
        os.umask(before)
    assert mode(tmp_path / "var") == mode(tmp_path / "var" / "lib") == 0o755


def test_remnant_of_a_killed_run_is_replaced(tmp_path: Path) -> None:
    remnant = tmp_path / ".user-data.part"
    remnant.write_text("half")
    remnant.chmod(0o644)
    folder.write(seed(), tmp_path)
    assert not remnant.exists()
    assert mode(tmp_path / "user-data") == 0o600


def test_file_that_was_open_to_read_is_so_no_more(tmp_path: Path) -> None:
    (tmp_path / "user-data").write_text("old")
    (tmp_path / "user-data").chmod(0o644)
    folder.write(seed(), tmp_path)
    assert mode(tmp_path / "user-data") == 0o600


def test_link_in_place_of_the_folder_is_not_followed(tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "nocloud").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(HypervisorError, match="is a symbolic link"):
        folder.write(seed(), tmp_path / "nocloud")
    assert list((tmp_path / "elsewhere").iterdir()) == []


def test_folder_that_cannot_be_made_says_why(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(HypervisorError, match=r"Could not (make|write) .*: .*irectory"):
        folder.write(seed(), tmp_path / "file" / "nocloud")


def test_cd_that_cannot_be_written_says_why_and_leaves_nothing(tmp_path: Path) -> None:
    with pytest.raises(HypervisorError, match=r"Could not write .*: No such file or directory"):
        iso.write(seed(), tmp_path / "none" / "seed.iso")
    (tmp_path / "seed.iso").mkdir()
    with pytest.raises(HypervisorError, match=r"Could not write .*: Is a directory"):
        iso.write(seed(), tmp_path / "seed.iso")
    assert [file.name for file in tmp_path.iterdir()] == ["seed.iso"]


def test_cd_is_labelled_and_holds_the_documents_under_both_kinds_of_names(tmp_path: Path) -> None:
    iso.write(seed(), tmp_path / "seed.iso")
    cd = pycdlib.PyCdlib()
    cd.open(str(tmp_path / "seed.iso"))
    assert cd.pvd.volume_identifier.rstrip() == b"CIDATA"
    for name, content in seed().files():
        for names in ({"rr_path": f"/{name}"}, {"joliet_path": f"/{name}"}):
            read = io.BytesIO()
            cd.get_file_from_iso_fp(read, **names)
            assert read.getvalue().decode() == content
    cd.close()


def test_cd_is_for_its_owner_alone(tmp_path: Path) -> None:
    iso.write(seed(), tmp_path / "seed.iso")
    assert mode(tmp_path / "seed.iso") == 0o600


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)
