from pathlib import Path

import pytest

from vipprov.hv import storage


def test_everything_lies_under_one_folder_that_can_be_moved(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("VIPPROV_STATE", "/srv/vipprov")
    assert storage.images() == Path("/srv/vipprov/images")
    assert storage.machines() == Path("/srv/vipprov/machines")


@pytest.mark.parametrize("value", [None, ""])
def test_without_a_word_it_is_where_state_belongs(
    monkeypatch: pytest.MonkeyPatch, value: str | None
) -> None:
    monkeypatch.delenv("VIPPROV_STATE", raising=False)
    if value is not None:
        monkeypatch.setenv("VIPPROV_STATE", value)
    assert storage.root() == Path("/var/lib/vipprov")
