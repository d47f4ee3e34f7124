"""Logs of a guest are shown by their ends, and cannot act on the terminal that shows them."""

from pathlib import Path

from fakes.machines import FakeMachines
from plans import make_spec
from vipprov.pipelines import guestlogs


class Talkative(FakeMachines):
    def save_logs(self, name: str, folder: Path) -> None:
        super().save_logs(name, folder)
        (folder / "console.log").write_text("one\n\x1b[31mtwo\x1b[0m\nthree\x07\n")
        (folder / "journal").mkdir()


def test_last_lines_of_each_log_are_shown_as_plain_text_below_its_name() -> None:
    machines = Talkative()
    machines.define(make_spec("web-1"))
    logs = guestlogs.ends(machines, "web-1", lines=2)
    assert logs == {"console.log": "two\nthree"}
    assert guestlogs.text(logs) == "==> console.log\ntwo\nthree"
