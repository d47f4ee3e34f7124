import errno
import fcntl
from pathlib import Path

import pytest

from fakes.bootstrap import FakeBootstrap
from fakes.clock import FakeClock
from vipprov.guest.deadline import Deadline
from vipprov.guest.errors import DeadlineError, HypervisorError, MissingError
from vipprov.hv.images import build, image, store, workshop
from vipprov.hv.images.image import Image

SOURCES = """\
Types: deb
URIs: http://mirror.example/debian
Suites: bookworm
Components: main
Signed-By: /usr/share/keyrings/debian-archive-keyring.gpg
"""


@pytest.fixture
def apt(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("VIPPROV_STATE", str(tmp_path / "state"))
    parts = tmp_path / "apt/sources.list.d"
    parts.mkdir(parents=True)
    (parts / "debian.sources").write_text(SOURCES)
    return tmp_path / "apt"


def built(apt: Path, program: FakeBootstrap, *, said: list[str] | None = None) -> Image:
    by = Deadline.after(60, clock=FakeClock())
    report = (said if said is not None else []).append
    return build.build("debian-12", report=report, by=by, program=program, apt=apt)


def leftovers(folder: Path) -> list[str]:
    return [path.name for path in folder.glob(".building-*")]


def test_a_built_image_is_found_by_its_name(apt: Path) -> None:
    made = built(apt, FakeBootstrap())
    assert store.find("debian-12") == made
    assert dict(made.packages) == {"keepalived": "1:2.2.7-1"}


def test_the_same_content_is_built_once(apt: Path) -> None:
    program = FakeBootstrap()
    assert built(apt, program) == built(apt, program)
    assert program.runs == 1


def test_other_sources_make_another_image_and_the_last_one_counts(apt: Path) -> None:
    first = built(apt, FakeBootstrap())
    source = apt / "sources.list.d/debian.sources"
    source.write_text(SOURCES.replace("mirror", "other"))
    second = built(apt, FakeBootstrap())
    assert first.digest != second.digest
    assert store.find("debian-12") == second
    source.write_text(SOURCES)
    assert built(apt, FakeBootstrap()) == first
    assert store.find("debian-12") == first


def test_guests_of_one_image_share_no_host_key_and_no_name(apt: Path) -> None:
    tree = built(apt, FakeBootstrap()).path
    assert list((tree / "etc/ssh").glob("ssh_host_*")) == []
    assert (tree / "etc/machine-id").read_text() == "uninitialized\n"
    assert (tree / "etc/hostname").read_text() == "debian\n"


def test_the_tree_is_masked_slimmed_and_has_the_place_for_the_layer(apt: Path) -> None:
    tree = built(apt, FakeBootstrap()).path
    wait_online = tree / "etc/systemd/system/systemd-networkd-wait-online.service"
    assert str(wait_online.readlink()) == "/dev/null"
    assert list((tree / "usr/share/man").iterdir()) == []
    assert (tree / "var/lib/vipprov").is_dir()


def test_the_setuid_programs_of_a_tree_are_out_of_reach_for_others(apt: Path) -> None:
    assert built(apt, FakeBootstrap()).path.parent.stat().st_mode & 0o077 == 0


def test_a_failed_build_shows_the_end_of_its_log_and_leaves_only_that(apt: Path) -> None:
    says = "\n".join([*(f"line {number}" for number in range(40)), "E: No space left on device"])
    with pytest.raises(HypervisorError) as caught:
        built(apt, FakeBootstrap(code=25, says=says))
    log = apt.parent / "state/images/debian-12.log"
    assert "line 39\nE: No space left on device" in caught.value.details
    assert "line 5\n" not in caught.value.details
    assert str(log) in caught.value.details
    assert "space" in caught.value.hint
    assert log.read_text() == says
    assert leftovers(log.parent) == []
    assert store.find("debian-12") is None


def test_what_a_killed_build_left_is_cleared_by_the_next_one(apt: Path) -> None:
    remnant = apt.parent / "state/images/.building-debian-12-0123456789ab"
    (remnant / "tree/etc").mkdir(parents=True)
    built(apt, FakeBootstrap())
    assert leftovers(remnant.parent) == []


def test_an_interrupted_build_leaves_no_image(apt: Path) -> None:
    def interrupt() -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        built(apt, FakeBootstrap(then=interrupt))
    assert store.every() == ()
    assert leftovers(apt.parent / "state/images") == []


@pytest.mark.parametrize("damage", ["", "{", '{"name": "debian-12"}'])
def test_an_image_whose_record_is_broken_is_built_again(apt: Path, damage: str) -> None:
    made = built(apt, FakeBootstrap())
    (made.path.parent / image.RECORD).write_text(damage)
    assert store.find("debian-12") is None
    program = FakeBootstrap()
    assert built(apt, program).digest == made.digest
    assert program.runs == 1


def test_a_full_disk_is_an_error_with_a_next_move(apt: Path) -> None:
    def fill() -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    with pytest.raises(HypervisorError) as caught:
        built(apt, FakeBootstrap(then=fill))
    assert "Free some space" in caught.value.hint


def test_a_second_build_waits_for_the_first_and_then_gives_up(apt: Path) -> None:
    folder = apt.parent / "state/images"
    folder.mkdir(parents=True)
    said: list[str] = []
    with (folder / workshop.LOCK).open("w") as lock:
        fcntl.flock(lock.fileno(), fcntl.LOCK_EX)
        with pytest.raises(DeadlineError, match="another build"):
            built(apt, FakeBootstrap(), said=said)
    assert said == ["waiting for another build to end"]


def test_a_second_build_takes_what_the_first_has_made(apt: Path) -> None:
    program = FakeBootstrap()
    said: list[str] = []

    def meanwhile() -> None:
        with pytest.raises(DeadlineError):
            built(apt, program, said=said)

    first = built(apt, FakeBootstrap(then=meanwhile))
    assert built(apt, program, said=said) == first
    assert program.runs == 0
    assert said == ["waiting for another build to end", "debian-12: already built"]


def test_a_name_that_is_not_in_the_catalogue_lists_those_that_are(apt: Path) -> None:
    by = Deadline.after(60, clock=FakeClock())
    with pytest.raises(MissingError) as caught:
        build.build("debian-11", report=print, by=by, program=FakeBootstrap(), apt=apt)
    assert "debian-12" in caught.value.hint
