import pytest

from vipprov.pipelines.cli.gauge import Gauge

MB = 1_000_000


def test_elsewhere_each_tenth_is_a_line(capsys: pytest.CaptureFixture[str]) -> None:
    tell = Gauge("rocky-9", terminal=False)
    for have in range(0, 500 * MB + 1, MB):
        tell(have, 500 * MB)
    lines = capsys.readouterr().err.splitlines()
    assert len(lines) == 11
    assert lines[-1] == "rocky-9: 500 MB of 500 MB"


def test_without_a_size_each_hundred_megabytes_are_a_line(
    capsys: pytest.CaptureFixture[str],
) -> None:
    tell = Gauge("rocky-9", terminal=False)
    for have in range(0, 250 * MB, MB):
        tell(have, None)
    assert capsys.readouterr().err.splitlines() == [
        "rocky-9: 0 MB",
        "rocky-9: 100 MB",
        "rocky-9: 200 MB",
    ]


def test_on_a_terminal_one_line_changes_and_ends_when_it_is_done(
    capsys: pytest.CaptureFixture[str],
) -> None:
    tell = Gauge("rocky-9", terminal=True)
    for have in (0, 10, 2 * MB, 2 * MB + 10, 3 * MB):
        tell(have, 3 * MB)
    said = capsys.readouterr().err
    assert said.count("\r") == 3
    assert said.count("\n") == 1
    assert said.endswith("rocky-9: 3 MB of 3 MB\n")
