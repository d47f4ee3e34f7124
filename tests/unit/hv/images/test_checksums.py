import hashlib
from pathlib import Path

import pytest

from vipprov.guest.errors import MissingError, SpecError
from vipprov.hv.images import checksums
from vipprov.hv.images.checksums import Checksum

ONE, TWO, LONG = "1" * 64, "2" * 64, "a" * 128
GNU = f"{TWO}  other.qcow2\n{ONE} *disk.qcow2\n"
BSD = f"""\
-----BEGIN PGP SIGNED MESSAGE-----
Hash: SHA256

# disk.qcow2: 482344960 bytes
SHA256 (disk.qcow2) = {ONE}
-----BEGIN PGP SIGNATURE-----
"""


@pytest.mark.parametrize("text", [GNU, BSD, f"{ONE}  ./images/disk.qcow2\n", GNU.upper().lower()])
def test_the_checksum_of_a_file_is_found_in_either_notation(text: str) -> None:
    found = checksums.find(text, "disk.qcow2", origin="SUMS")
    assert found == Checksum(algorithm="sha256", value=ONE)


def test_its_length_says_what_kind_a_checksum_is() -> None:
    found = checksums.find(f"{LONG}  disk.qcow2\n", "disk.qcow2", origin="SUMS")
    assert found.algorithm == "sha512"


@pytest.mark.parametrize("text", ["", f"{ONE}  disk.qcow2.old\n", f"{'1' * 32}  disk.qcow2\n"])
def test_a_file_without_a_strong_checksum_is_not_pulled(text: str) -> None:
    with pytest.raises(MissingError, match=r"SUMS has no SHA-256 or SHA-512 checksum of disk"):
        checksums.find(text, "disk.qcow2", origin="SUMS")


@pytest.mark.parametrize("text", [ONE, f"sha256:{ONE}", f" SHA256:{ONE} "])
def test_a_checksum_is_written_with_or_without_its_kind(text: str) -> None:
    assert str(Checksum.parse(text)) == f"sha256:{ONE}"


@pytest.mark.parametrize("text", ["", "1" * 32, f"sha512:{ONE}", "x" * 64, f"md5:{ONE}"])
def test_what_is_no_checksum_is_refused(text: str) -> None:
    with pytest.raises(SpecError, match="no checksum"):
        Checksum.parse(text)


def test_a_files_own_checksum_is_that_of_hashlib(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"content")
    seen = Checksum.of(tmp_path / "file", "sha512")
    assert seen.value == hashlib.sha512(b"content").hexdigest()
