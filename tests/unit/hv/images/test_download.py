"""Downloads from a site on this machine that breaks off, lies, stalls and changes its mind."""

from dataclasses import replace
from pathlib import Path

import pytest

from fakes.clock import FakeClock
from fakes.site import Reply, Site
from vipprov.guest.deadline import Deadline
from vipprov.guest.errors import DeadlineError, HypervisorError, MissingError, SpecError
from vipprov.hv.images import download, web
from vipprov.hv.images.download import Download, Limits

CONTENT = bytes(range(256)) * 4096
HALF = len(CONTENT) // 2
OTHER = b"another content of the same name" * 9999
GOOD = Reply(content=CONTENT, etag='"one"')


def wanted(site: Site, folder: Path, **limits: float) -> Download:
    return Download(
        url=f"{site.url}/disk.qcow2",
        part=folder / "disk.part",
        by=Deadline.after(60, clock=FakeClock()),
        gauge=lambda _have, _total: None,
        limits=Limits(stall=limits.get("stall", 5), largest=int(limits.get("largest", 1 << 30))),
    )


def kept(site: Site, folder: Path, *free: int) -> int:
    """Return how much is kept where the disk has so much free, each time that it is asked."""
    rest = iter(free)
    file = replace(
        wanted(site, folder), limits=Limits(stride=1 << 19), free=lambda _folder: next(rest)
    )
    with pytest.raises(HypervisorError, match="The download needs") as caught:
        download.fetch(file)
    assert "Free some space" in caught.value.hint
    return file.have


def fetched(folder: Path, *replies: Reply) -> tuple[Site, bytes]:
    with Site(*replies).serving() as site:
        file = wanted(site, folder)
        download.fetch(file)
        return site, file.part.read_bytes()


def cut_short(folder: Path, reply: Reply) -> None:
    """Leave what a first run gets before it is given up."""
    with Site(reply).serving() as site, pytest.raises(web.BrokenOffError):
        download.fetch(wanted(site, folder))


def test_a_file_is_fetched_whole_and_its_progress_told(tmp_path: Path) -> None:
    told: list[tuple[int, int | None]] = []
    with Site(GOOD).serving() as site:
        file = wanted(site, tmp_path)
        download.fetch(
            Download(
                url=file.url,
                part=file.part,
                by=file.by,
                gauge=lambda have, total: told.append((have, total)),
            )
        )
    assert file.part.read_bytes() == CONTENT
    assert told[-1] == (len(CONTENT), len(CONTENT))


def test_a_connection_that_breaks_off_is_taken_up_where_it_was(tmp_path: Path) -> None:
    broken = Reply(content=CONTENT, etag='"one"', cut=HALF)
    site, content = fetched(tmp_path, broken, GOOD)
    assert content == CONTENT
    assert site.asked[1]["Range"] == f"bytes={HALF}-"
    assert site.asked[1]["If-Range"] == '"one"'


def test_a_run_that_was_ended_is_taken_up_by_the_next(tmp_path: Path) -> None:
    cut_short(tmp_path, Reply(content=CONTENT, etag='"one"', cut=HALF))
    site, content = fetched(tmp_path, GOOD)
    assert content == CONTENT
    assert site.asked[0]["Range"] == f"bytes={HALF}-"


def test_a_file_that_has_changed_since_is_fetched_anew(tmp_path: Path) -> None:
    cut_short(tmp_path, Reply(content=CONTENT, etag='"one"', cut=HALF))
    _, content = fetched(tmp_path, Reply(content=OTHER, etag='"two"'))
    assert content == OTHER


def test_a_server_that_ignores_the_range_is_read_from_the_beginning(tmp_path: Path) -> None:
    cut_short(tmp_path, Reply(content=CONTENT, etag='"one"', cut=HALF))
    _, content = fetched(tmp_path, Reply(content=CONTENT, etag='"one"', ranges=False))
    assert content == CONTENT


@pytest.mark.parametrize("etag", ["", 'W/"weak"'])
def test_without_a_strong_name_for_the_content_no_range_is_asked_for(
    tmp_path: Path, etag: str
) -> None:
    cut_short(tmp_path, Reply(content=CONTENT, etag=etag, cut=HALF))
    site, content = fetched(tmp_path, Reply(content=CONTENT, etag=etag))
    assert content == CONTENT
    assert site.asked[0]["Range"] is None


def test_a_file_that_was_whole_already_is_not_fetched_again(tmp_path: Path) -> None:
    fetched(tmp_path, GOOD)
    site, content = fetched(tmp_path, GOOD)
    assert content == CONTENT
    assert len(site.asked) == 1


def test_a_file_that_has_become_shorter_is_fetched_anew(tmp_path: Path) -> None:
    cut_short(tmp_path, Reply(content=CONTENT, etag='"one"', cut=HALF))
    _, content = fetched(tmp_path, Reply(content=b"short", etag='"one"'))
    assert content == b"short"


def test_a_server_that_sends_another_part_is_refused(tmp_path: Path) -> None:
    cut_short(tmp_path, Reply(content=CONTENT, etag='"one"', cut=HALF))
    with pytest.raises(HypervisorError, match="another part"):
        fetched(tmp_path, Reply(content=CONTENT, etag='"one"', shift=7))


def test_a_server_that_promises_more_than_it_has_is_found_out(tmp_path: Path) -> None:
    with pytest.raises(web.BrokenOffError) as caught:
        fetched(tmp_path, Reply(content=CONTENT, ranges=False, claims=len(CONTENT) + 9))
    assert f"{len(CONTENT)} of {len(CONTENT) + 9} bytes" in caught.value.details
    assert "goes on where it was" in caught.value.hint


def test_a_server_that_promises_less_is_believed_and_left_to_the_checksum(tmp_path: Path) -> None:
    _, content = fetched(tmp_path, Reply(content=CONTENT, etag='"one"', claims=HALF))
    assert content == CONTENT[:HALF]


def test_a_server_that_does_not_say_how_much_it_sends_is_read_to_the_end(tmp_path: Path) -> None:
    _, content = fetched(tmp_path, Reply(content=CONTENT, chunked=True))
    assert content == CONTENT


def test_a_server_that_stops_sending_is_given_up_and_what_came_is_kept(tmp_path: Path) -> None:
    stalled = Reply(content=CONTENT, etag='"one"', cut=HALF, stalls=True)
    with Site(stalled).serving() as site:
        file = wanted(site, tmp_path, stall=0.3)
        with pytest.raises(DeadlineError, match="stopped sending"):
            download.fetch(file)
    assert file.have == HALF


@pytest.mark.parametrize("chunked", [False, True])
def test_more_than_the_limit_is_neither_taken_nor_kept(tmp_path: Path, *, chunked: bool) -> None:
    cut_short(tmp_path, Reply(content=CONTENT, etag='"one"', cut=HALF))
    reply = Reply(content=CONTENT, etag='"one"', chunked=chunked)
    with Site(reply).serving() as site, pytest.raises(HypervisorError, match="larger than"):
        download.fetch(wanted(site, tmp_path, largest=len(CONTENT) - 1))
    assert list(tmp_path.iterdir()) == []


def test_a_deadline_that_has_passed_is_an_error(tmp_path: Path) -> None:
    with Site(GOOD).serving() as site:
        file = wanted(site, tmp_path)
        file.by.cancel()
        with pytest.raises(DeadlineError):
            download.fetch(file)


def test_a_disk_that_is_too_small_is_said_before_it_is_filled(tmp_path: Path) -> None:
    huge = Reply(content=CONTENT, claims=1 << 60)
    with Site(huge).serving() as site, pytest.raises(HypervisorError) as caught:
        download.fetch(wanted(site, tmp_path, largest=1 << 61))
    assert "Free some space" in caught.value.hint


def test_a_server_that_does_not_say_how_much_it_sends_is_stopped_before_the_disk_is_full(
    tmp_path: Path,
) -> None:
    with Site(Reply(content=CONTENT, chunked=True)).serving() as site:
        assert kept(site, tmp_path, 1 << 18) == 0
        assert HALF <= kept(site, tmp_path, 1 << 19, 1 << 18) < len(CONTENT)


def test_a_disk_that_others_fill_meanwhile_ends_the_download_before_it_is_full(
    tmp_path: Path,
) -> None:
    with Site(GOOD).serving() as site:
        assert HALF <= kept(site, tmp_path, 1 << 20, 1 << 18) < len(CONTENT)


def test_what_is_not_there_is_missing(tmp_path: Path) -> None:
    with pytest.raises(MissingError) as caught:
        fetched(tmp_path, Reply(status=404))
    assert "404" in caught.value.details


def test_a_server_that_is_not_there_cannot_be_reached(tmp_path: Path) -> None:
    with Site(GOOD).serving() as site:
        file = wanted(site, tmp_path)
    with pytest.raises(HypervisorError, match="cannot be reached"):
        download.fetch(file)


def test_only_the_web_is_read(tmp_path: Path) -> None:
    site = Site()
    site.url = "file:///etc/shadow"
    with pytest.raises(SpecError, match="no address"):
        download.fetch(wanted(site, tmp_path))


def test_a_redirection_to_a_file_of_this_machine_is_not_followed(tmp_path: Path) -> None:
    with pytest.raises(HypervisorError):
        fetched(tmp_path, Reply(redirect="file:///etc/hostname"))


def test_a_file_of_checksums_has_a_sensible_size() -> None:
    by = Deadline.after(60, clock=FakeClock())
    with Site(GOOD).serving() as site:
        assert download.small(f"{site.url}/SUMS", by=by, limit=len(CONTENT)) == CONTENT
        with pytest.raises(HypervisorError, match="too large"):
            download.small(f"{site.url}/SUMS", by=by, limit=len(CONTENT) - 1)
