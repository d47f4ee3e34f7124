"""A long program is followed line by line and ends by the deadline, with all that it started."""

import os
from pathlib import Path

import pytest

from vipprov.guest.deadline import Deadline, SystemClock
from vipprov.guest.errors import DeadlineError, HypervisorError
from vipprov.hv.images.program import run

pytestmark = pytest.mark.real


def within(seconds: float) -> Deadline:
    return Deadline.after(seconds, clock=SystemClock())


def test_lines_come_as_they_are_written_and_the_log_has_them_all(tmp_path: Path) -> None:
    log, lines = tmp_path / "log", list[str]()
    code = run(
        ["sh", "-c", "echo one; echo two >&2; printf rest; exit 3"],
        log=log,
        on_line=lines.append,
        by=within(20),
    )
    assert code == 3
    assert lines == ["one", "two"]
    assert log.read_text() == "one\ntwo\nrest"


def test_at_the_deadline_the_program_and_its_children_end(tmp_path: Path) -> None:
    pids = list[str]()
    with pytest.raises(DeadlineError) as caught:
        run(
            ["sh", "-c", "sleep 60 & echo $!; wait"],
            log=tmp_path / "log",
            on_line=pids.append,
            by=within(0.5),
        )
    assert str(tmp_path / "log") in caught.value.details
    within(5).poll(lambda: None if _alive(int(pids[0])) else True, what="the child's end")


def test_what_an_error_in_the_caller_interrupts_ends_too(tmp_path: Path) -> None:
    pids = list[int]()

    def stumble(line: str) -> None:
        pids.append(int(line))
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        run(["sh", "-c", "echo $$; sleep 60"], log=tmp_path / "log", on_line=stumble, by=within(20))
    assert not _alive(pids[0])


def test_a_program_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(HypervisorError, match="no-such-program is not installed"):
        run(["no-such-program"], log=tmp_path / "log", on_line=print, by=within(5))


def _alive(pid: int) -> bool:
    """Say whether the process runs; a defunct one has ended."""
    try:
        os.kill(pid, 0)
        return ") Z " not in Path(f"/proc/{pid}/stat").read_text()
    except (ProcessLookupError, FileNotFoundError):
        return False
