import errno
from pathlib import Path

import pytest

from vipprov.guest.errors import HypervisorError
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


@pytest.mark.parametrize(
    ("number", "cure"), [(errno.ENOSPC, "Free some space"), (errno.EACCES, "Run it as root")]
)
def test_refusal_of_the_disk_is_said_with_what_to_do(number: int, cure: str) -> None:
    refusal = OSError(number, "refused")
    with (
        pytest.raises(HypervisorError, match="below /srv/web-1") as raised,
        storage.writing(Path("/srv/web-1")),
    ):
        raise refusal
    assert cure in raised.value.hint


def test_what_a_machine_has_lost_is_named_with_what_to_do(tmp_path: Path) -> None:
    storage.demand(tmp_path, of="web-1")
    with pytest.raises(HypervisorError, match="web-1 has lost") as raised:
        storage.demand(tmp_path / "disk.qcow2", of="web-1")
    assert "vm destroy" in raised.value.hint
