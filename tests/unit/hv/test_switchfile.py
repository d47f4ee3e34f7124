"""Records in a file survive the run, and a file that is none is refused."""

from pathlib import Path

import pytest

from fakes.switchgroups import FakeSwitchGroups
from switchgroups import INHERITED, standard
from vipprov.guest.errors import SpecError
from vipprov.hv.switchfile import RecordsInFile
from vipprov.hv.switchgroup import OwnPolicy, Record

RECORD = Record(before=INHERITED, opened=OwnPolicy(), reason="for web-1")


def test_record_is_found_by_the_next_run_and_forgotten(tmp_path: Path) -> None:
    path = tmp_path / "records.json"
    fake = FakeSwitchGroups([standard(), standard("db")])
    RecordsInFile(fake, path).remember(standard(), RECORD)
    again = RecordsInFile(fake, path)
    assert [group.record for group in again.all()] == [RECORD, None]
    assert again.read(standard()).record == RECORD
    again.remember(standard(), None)
    assert [group.record for group in again.all()] == [None, None]
    assert fake.log == []


@pytest.mark.parametrize("text", ["", "[]", "{"])
def test_file_that_holds_no_records_is_refused(tmp_path: Path, text: str) -> None:
    path = tmp_path / "records.json"
    path.write_text(text)
    with pytest.raises(SpecError, match=r"records\.json"):
        RecordsInFile(FakeSwitchGroups([]), path).all()
