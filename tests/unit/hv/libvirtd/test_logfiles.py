"""Logs are kept for their owner's eyes, and one that cannot be had does not cost the others."""

from collections.abc import Sequence
from pathlib import Path

from vipprov.guest.errors import HypervisorError
from vipprov.hv.libvirtd import logfiles
from vipprov.hv.machine import Completed


def mode(path: Path) -> int:
    return path.stat().st_mode & 0o777


def test_copies_are_for_their_owner_alone_whatever_the_originals_are(tmp_path: Path) -> None:
    source = tmp_path / "journal"
    (source / "deep").mkdir(parents=True)
    (source / "deep" / "system.journal").write_text("canary")
    (source / "deep" / "system.journal").chmod(0o644)
    for _ in range(2):
        logfiles.copy(source, tmp_path / "copy")
    kept = tmp_path / "copy" / "deep" / "system.journal"
    assert (kept.read_text(), mode(kept)) == ("canary", 0o600)


def test_link_that_a_guest_has_put_there_is_not_followed(tmp_path: Path) -> None:
    (tmp_path / "log").symlink_to("/etc/shadow")
    logfiles.copy(tmp_path / "log", tmp_path / "copy")
    assert not (tmp_path / "copy").exists()


def test_log_that_cannot_be_had_is_told_and_the_others_are_saved(tmp_path: Path) -> None:
    def run(argv: Sequence[str]) -> Completed:
        if argv[0] == "journalctl":
            raise HypervisorError("Too long.", details="4 MiB")
        return Completed(code=0, stdout=b"words", stderr=b"")

    logfiles.ask(run, {"journal.log": ("journalctl",), "other.log": ("cat",)}, tmp_path)
    assert (tmp_path / "other.log").read_text() == "words"
    assert "journal.log: Too long." in (tmp_path / logfiles.UNSAVED).read_text()
    assert mode(tmp_path / "other.log") == 0o600


def test_logs_of_a_domain_go_with_their_older_files_and_no_others(tmp_path: Path) -> None:
    for name in ("web-1.log", "web-1.log.0", "web-10.log", "web-1.xml"):
        (tmp_path / name).touch()
    logfiles.remove(tmp_path, "web-1")
    logfiles.remove(tmp_path / "nonesuch", "web-1")
    assert {path.name for path in tmp_path.iterdir()} == {"web-10.log", "web-1.xml"}
