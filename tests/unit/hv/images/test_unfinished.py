import fcntl
import os
from datetime import UTC, datetime
from pathlib import Path

import pytest

from fakes.clock import FakeClock
from vipprov.guest.deadline import Deadline
from vipprov.guest.errors import DeadlineError
from vipprov.hv.images import unfinished, workshop

URL = "https://a.example/disk.img"


@pytest.fixture
def images(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("VIPPROV_STATE", str(tmp_path))
    return tmp_path / "images"


def put(images: Path, url: str = URL) -> Path:
    images.mkdir(exist_ok=True)
    part = unfinished.part(url)
    part.write_bytes(bytes(3_000_000))
    part.with_suffix(".validator").write_text('"one"')
    return part


def removed() -> tuple[Path, ...]:
    by = Deadline.after(1, clock=FakeClock())
    return unfinished.remove_all(report=lambda _line: None, by=by)


@pytest.mark.usefixtures("images")
def test_a_machine_without_images_has_no_unfinished_downloads() -> None:
    assert unfinished.every() == ()
    assert removed() == ()


def test_a_download_is_listed_by_what_came_of_it(images: Path) -> None:
    part = put(images)
    os.utime(part, (0, 86400))
    (found,) = unfinished.every()
    assert found.path == part
    assert found.size == 3_000_000
    assert found.changed == datetime(1970, 1, 2, tzinfo=UTC)


def test_each_address_has_a_place_of_its_own(images: Path) -> None:
    assert put(images) == put(images)
    assert put(images) != put(images, f"{URL}?other")


def test_removing_takes_all_of_them_and_what_lies_beside_them(images: Path) -> None:
    both = {put(images), put(images, f"{URL}?other")}
    assert set(removed()) == both
    assert list((images / unfinished.FOLDER).iterdir()) == []


def test_a_download_that_is_under_way_is_not_removed(images: Path) -> None:
    part = put(images)
    with (images / workshop.LOCK).open("w") as lock:
        fcntl.flock(lock.fileno(), fcntl.LOCK_EX)
        with pytest.raises(DeadlineError):
            removed()
    assert part.exists()
