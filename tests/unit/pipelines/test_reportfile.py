"""A report is written, or it is said why it is not."""

from pathlib import Path

import pytest

from vipprov.guest.errors import SpecError
from vipprov.pipelines import reportfile


def test_a_file_that_cannot_be_written_is_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(SpecError, match="Could not write"):
        reportfile.write(tmp_path / "none" / "report.xml", "<x/>")
