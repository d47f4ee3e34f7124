"""What nobody foresaw is told in a sentence, and kept for a report."""

from pathlib import Path

import pytest

from vipprov.guest.errors import MissingError
from vipprov.pipelines.cli.bug import Bugs


def test_unforeseen_error_ends_with_70_and_its_traceback_in_a_file(
    capsys: pytest.CaptureFixture[str],
) -> None:
    with pytest.raises(SystemExit) as ended, Bugs():
        raise ZeroDivisionError
    assert ended.value.code == 70
    said = capsys.readouterr().err
    assert "Traceback" not in said
    path = Path(said.split("with ")[1].strip().rstrip("."))
    assert "ZeroDivisionError" in path.read_text()
    assert path.stat().st_mode & 0o077 == 0
    path.unlink()


@pytest.mark.parametrize("kind", [MissingError, KeyboardInterrupt, SystemExit])
def test_errors_with_words_of_their_own_pass(kind: type[BaseException]) -> None:
    with pytest.raises(kind), Bugs():
        raise kind("words")
