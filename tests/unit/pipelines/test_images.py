import json
import os
from datetime import UTC, datetime
from pathlib import Path

import pytest

from vipprov.guest.errors import MissingError, SpecError
from vipprov.hv.images import image, unfinished
from vipprov.hv.images.checksums import Checksum
from vipprov.hv.images.image import DiskRecord, Record
from vipprov.hv.images.source import Published
from vipprov.pipelines import images

NOW = datetime(2026, 1, 4, tzinfo=UTC)
HEX = "1" * 64
URL = "https://maker.example/images/golden.qcow2"


@pytest.fixture
def state(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("VIPPROV_STATE", str(tmp_path))
    return tmp_path


def put(state: Path) -> None:
    home = state / "images/rocky-9-disk-123456789012"
    home.mkdir(parents=True)
    (home / "disk.qcow2").write_bytes(b"0" * 3_000_000)
    record = Record(
        name="rocky-9",
        digest=HEX,
        made=datetime(2026, 1, 1, tzinfo=UTC),
        disk=DiskRecord(path="disk.qcow2", size=10 << 30),
        origin=URL,
        verified="checksum as given by the user",
    )
    image.write(home, record)


def test_a_line_says_what_an_image_is_for_how_large_and_how_old_it_is(state: Path) -> None:
    put(state)
    line = images.table(NOW).splitlines()[0]
    assert line.startswith("rocky-9  for qemu  111111111111  3 MB  2026-01-01 00:00 (3 days old)")
    assert "checksum as given" in line


@pytest.mark.usefixtures("state")
def test_what_is_not_here_says_how_to_get_it() -> None:
    lines = images.table(NOW).splitlines()
    assert "debian-12  for lxc  not here: vipprov image build debian-12" in lines
    assert "debian-12  for qemu  not here: vipprov image build debian-12 --for qemu" in lines
    assert "rocky-9  for qemu  not here: vipprov image pull rocky-9" in lines


def test_the_document_has_what_was_checked(state: Path) -> None:
    put(state)
    (document,) = json.loads(json.dumps(images.inventory()))["built"]
    assert document["for"] == "qemu"
    assert document["current"]
    assert document["virtual_size"] == 10 << 30
    assert document["verified"] == "checksum as given by the user"


def test_unfinished_downloads_are_told_with_what_they_take(state: Path) -> None:
    (state / "images").mkdir()
    part = unfinished.part(URL)
    part.write_bytes(bytes(3_000_000))
    os.utime(part, (NOW.timestamp() - 3 * 86400,) * 2)
    line = next(line for line in images.table(NOW).splitlines() if "unfinished" in line)
    assert line.startswith("unfinished download  3 MB  2026-01-01 00:00 (3 days old)")
    assert "vipprov image remove --unfinished" in line
    document = json.loads(json.dumps(images.inventory()))
    assert document["unfinished"] == [
        {"path": str(part), "bytes": 3_000_000, "changed": "2026-01-01T00:00:00+00:00"}
    ]


@pytest.mark.parametrize(("checksum", "checksums"), [(None, None), (HEX, URL)])
def test_an_address_needs_one_who_says_what_is_there(
    checksum: str | None, checksums: str | None
) -> None:
    with pytest.raises(SpecError, match="Nothing says") as caught:
        images.source(URL, name=None, checksum=checksum, checksums=checksums)
    assert "--checksum" in caught.value.hint


@pytest.mark.parametrize("url", ["https://[bad", "https://me:secret@a.example/golden.qcow2"])
@pytest.mark.parametrize("checksum", [HEX, None])
def test_an_address_is_checked_before_anything_else_is_said_of_it(
    url: str, checksum: str | None
) -> None:
    with pytest.raises(SpecError, match=r"no address|names a user") as caught:
        images.source(url, name=None, checksum=checksum, checksums=None)
    assert "secret" not in str(caught.value)


def test_nobody_but_its_maker_says_what_a_stock_image_contains() -> None:
    with pytest.raises(SpecError, match="from its maker"):
        images.source("rocky-9", name=None, checksum=HEX, checksums=None)
    stock = images.source("rocky-9", name=None, checksum=None, checksums=None, machine="x86_64")
    assert stock.name == "rocky-9"


def test_a_stock_image_is_refused_on_another_processor() -> None:
    with pytest.raises(SpecError, match="x86-64 only so far"):
        images.source("rocky-9", name=None, checksum=None, checksums=None, machine="aarch64")


def test_an_address_is_called_by_its_file_or_as_the_user_says() -> None:
    given = images.source(URL, name=None, checksum=HEX, checksums=None)
    named = images.source(URL, name="ours", checksum=None, checksums="https://a.example/SUMS")
    assert given.name == "golden"
    assert given.expected == Checksum(algorithm="sha256", value=HEX)
    assert named.name == "ours"
    assert named.expected == Published(url="https://a.example/SUMS")


@pytest.mark.parametrize("name", ["a/b", "", "..", "-x", "debian-12"])
def test_a_name_that_would_lead_elsewhere_or_is_taken_is_refused(name: str) -> None:
    with pytest.raises(SpecError, match="name"):
        images.source(URL, name=name, checksum=HEX, checksums=None)


def test_a_keyring_must_be_there(tmp_path: Path) -> None:
    with pytest.raises(MissingError, match="no keyring"):
        images.keys(tmp_path / "absent.gpg")
    assert images.keys(None) is None
