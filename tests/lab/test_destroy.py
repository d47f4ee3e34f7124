"""`vm destroy` leaves the host as it was."""

from pathlib import Path

import pytest

from lab import snapshot
from lab.command import vipprov
from lab.conftest import document, write

pytestmark = [pytest.mark.lab, pytest.mark.usefixtures("leaves")]


def test_host_is_as_before_once_a_pair_is_destroyed(tmp_path: Path) -> None:
    path = write(tmp_path / "pair.yaml", document("gone", number=12))
    before = snapshot.host()
    try:
        made = vipprov("vm", "create", path)
        assert made.code == 0, made.err
        assert snapshot.host() != before
    finally:
        done = vipprov("vm", "destroy", "gone", "--yes", "--json")
    assert done.code == 0, done.err
    assert done.document == {"pair": "gone", "removed": ["gone-1", "gone-2"]}
    assert snapshot.host() == before


def test_destroying_what_is_not_there_is_not_found() -> None:
    done = vipprov("vm", "destroy", "no-such-pair", "--yes")
    assert done.code == 3
    assert "no-such-pair" in done.err


def test_destroy_asks_first_and_wants_yes_where_nobody_can_answer(tmp_path: Path) -> None:
    path = write(tmp_path / "pair.yaml", document("asked", number=12))
    try:
        assert vipprov("vm", "create", path).code == 0
        refused = vipprov("vm", "destroy", "asked")
        assert refused.code == 2
        assert "--yes" in refused.err
        assert vipprov("vm", "show", "asked").code == 0
    finally:
        vipprov("vm", "destroy", "asked", "--yes")
