"""A report is written, or it is said why it is not."""

from pathlib import Path

import pytest

from vipprov.guest.errors import SpecError
from vipprov.pipelines import reportfile


def test_a_file_that_cannot_be_written_is_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(SpecError, match="Could not write"):
        reportfile.write(tmp_path / "none" / "report.xml", "<x/>")


def test_file_that_could_not_be_written_is_refused_before_the_work(tmp_path: Path) -> None:
    for path in (tmp_path, tmp_path / "none" / "report.xml"):
        with pytest.raises(SpecError, match="Could not write"):
            reportfile.demand_writable(None, path)


def test_file_that_can_be_written_is_not_made_before_there_is_something_to_write(
    tmp_path: Path,
) -> None:
    reportfile.demand_writable(tmp_path / "report.xml")
    assert list(tmp_path.iterdir()) == []
