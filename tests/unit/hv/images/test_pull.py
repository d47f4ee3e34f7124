"""Pulls from a site on this machine, with a checksum of the user's own."""

import errno
import hashlib
import os
import struct
from datetime import timedelta
from pathlib import Path

import pytest

from fakes.clock import FakeClock
from fakes.site import Reply, Site
from vipprov.guest.deadline import Deadline
from vipprov.guest.errors import HypervisorError, SpecError
from vipprov.hv.images import pull, store
from vipprov.hv.images.checksums import Checksum
from vipprov.hv.images.download import Gauge
from vipprov.hv.images.image import Form, Image
from vipprov.hv.images.signature import Keys
from vipprov.hv.images.source import Published, Source

DISK = struct.pack(">4sIQIIQ", b"QFI\xfb", 3, 0, 0, 16, 10 << 30).ljust(1 << 20, b"\0")
OVER_SHADOW = struct.pack(">4sIQIIQ", b"QFI\xfb", 3, 112, 11, 16, 1 << 30).ljust(112, b"\0")
ELSEWHERE = OVER_SHADOW + b"/etc/shadow".ljust(500, b"\0")
NOWHERE = struct.pack(">4sIQIIQ", b"QFI\xfb", 3, 1 << 63, 11, 16, 1 << 30).ljust(112, b"\0")


def checksum(content: bytes) -> Checksum:
    return Checksum(algorithm="sha256", value=hashlib.sha256(content).hexdigest())


def nothing(_have: int, _total: int | None) -> None:
    """Tell nobody."""


def full(_have: int, _total: int | None) -> None:
    raise OSError(errno.ENOSPC, "No space left on device")


@pytest.fixture(autouse=True)
def state(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("VIPPROV_STATE", str(tmp_path))
    return tmp_path


def pulled(
    site: Site,
    expected: bytes = DISK,
    gauge: Gauge = nothing,
    said: list[str] | None = None,
    keys: Keys | None = None,
) -> Image:
    return pull.pull(
        Source(name="stock", url=f"{site.url}/disk.img", expected=checksum(expected)),
        report=(said if said is not None else []).append,
        gauge=gauge,
        by=Deadline.after(60, clock=FakeClock()),
        keys=keys,
    )


def test_a_pulled_disk_is_found_by_its_name_and_boots_by_itself() -> None:
    with Site(Reply(content=DISK)).serving() as site:
        image = pulled(site)
    assert store.find("stock", Form.DISK) == image
    assert image.disk is not None
    assert image.disk.path.read_bytes() == DISK
    assert image.disk.size == 10 << 30
    assert image.disk.kernel is None
    assert image.origin == f"{site.url}/disk.img"
    assert image.verified == "checksum as given by the user"


def test_every_machine_may_read_the_disk_and_none_may_write_it() -> None:
    with Site(Reply(content=DISK)).serving() as site:
        path = pulled(site).path
    assert path.stat().st_mode & 0o777 == 0o444
    assert path.parent.stat().st_mode & 0o777 == 0o755


def test_the_same_content_is_downloaded_once() -> None:
    said: list[str] = []
    with Site(Reply(content=DISK)).serving() as site:
        assert pulled(site) == pulled(site, said=said)
    assert len(site.asked) == 1
    assert "stock: already here" in said


def test_a_corrupted_file_is_refused_with_both_checksums_and_not_kept(state: Path) -> None:
    wrong = bytes([*DISK[:-1], 1])
    bad = Site(Reply(content=wrong, etag='"one"'))
    with bad.serving() as site, pytest.raises(HypervisorError) as caught:
        pulled(site)
    assert str(checksum(DISK)) in caught.value.details
    assert str(checksum(wrong)) in caught.value.details
    assert store.every() == ()
    assert list((state / "images/.downloads").iterdir()) == []


def test_a_download_that_was_ended_goes_on_and_says_so() -> None:
    half = Reply(content=DISK, etag='"one"', cut=len(DISK) // 2)
    said: list[str] = []

    def end(_have: int, _total: int | None) -> None:
        raise KeyboardInterrupt

    with Site(half).serving() as site:
        with pytest.raises(KeyboardInterrupt):
            pulled(site, gauge=end)
        site.replies = [Reply(content=DISK, etag='"one"')]
        pulled(site, said=said)
    assert any("are here already" in line for line in said)
    assert site.asked[1]["Range"] is not None


def test_what_nobody_has_gone_on_with_for_a_week_is_removed_by_the_next_pull(state: Path) -> None:
    downloads = state / "images/.downloads"
    downloads.mkdir(parents=True)
    for name, days in (("old", 8), ("young", 6)):
        for path in (downloads / f"{name}.part", downloads / f"{name}.validator"):
            path.write_text("half of it")
            grow_old(path, days)
    with Site(Reply(content=DISK)).serving() as site:
        pulled(site)
    assert {path.name for path in downloads.iterdir()} == {"young.part", "young.validator"}


def test_a_pull_goes_on_with_what_is_its_own_however_old_that_is(state: Path) -> None:
    with Site(Reply(content=DISK, etag='"one"', cut=len(DISK) // 2)).serving() as site:
        with pytest.raises(HypervisorError):
            pulled(site, gauge=full)
        for path in (state / "images/.downloads").iterdir():
            grow_old(path, 30)
        site.replies = [Reply(content=DISK, etag='"one"')]
        pulled(site)
    assert site.asked[1]["Range"] is not None


def grow_old(path: Path, days: int) -> None:
    moment = path.stat().st_mtime - timedelta(days=days).total_seconds()
    os.utime(path, (moment, moment))


@pytest.mark.parametrize(
    "content",
    [b"<html>not found</html>" * 99, ELSEWHERE, NOWHERE],
    ids=["page", "backed", "beyond its end"],
)
def test_what_is_no_whole_disk_is_refused(state: Path, content: bytes) -> None:
    with Site(Reply(content=content)).serving() as site, pytest.raises(SpecError, match="disk"):
        pulled(site, expected=content)
    assert store.every() == ()
    assert list((state / "images/.downloads").iterdir()) == []


def test_a_full_disk_is_an_error_with_a_next_move() -> None:
    with Site(Reply(content=DISK)).serving() as site, pytest.raises(HypervisorError) as caught:
        pulled(site, gauge=full)
    assert "Free some space" in caught.value.hint


def test_a_keyring_is_of_no_use_where_nothing_is_signed(tmp_path: Path) -> None:
    with Site(Reply(content=DISK)).serving() as site, pytest.raises(SpecError, match="signature"):
        pulled(site, keys=Keys(places=(tmp_path,)))
    assert site.asked == []


@pytest.mark.parametrize(
    ("url", "checksums"),
    [
        ("http://a.example/disk.img", "https://a.example/SUMS"),
        ("https://a.example/disk.img", "http://a.example/SUMS"),
    ],
)
def test_a_makers_checksum_is_only_believed_over_https(url: str, checksums: str) -> None:
    with pytest.raises(SpecError, match="not encrypted"):
        Source(name="stock", url=url, expected=Published(url=checksums))


def test_an_address_is_checked_whoever_says_what_is_there() -> None:
    good, bad = "https://a.example/disk.img", "https://[bad"
    with pytest.raises(SpecError, match="no address"):
        Source(name="stock", url=bad, expected=checksum(DISK))
    with pytest.raises(SpecError, match="no address"):
        Source(name="stock", url=bad, expected=Published(url=good))
    with pytest.raises(SpecError, match="no address"):
        Source(name="stock", url=good, expected=Published(url=bad))


def test_over_plain_http_a_file_is_taken_if_the_user_knows_its_checksum() -> None:
    url = "http://a.example/disk.img"
    assert Source(name="stock", url=url, expected=checksum(DISK)).file == "disk.img"
