"""`vm destroy` leaves the host as it was."""

import re
from pathlib import Path

import pytest

from lab import containers, foreign, snapshot
from lab.command import vipprov
from lab.conftest import document, write

pytestmark = [pytest.mark.lab, pytest.mark.usefixtures("leaves")]


@pytest.mark.alone
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
    assert done.document == {
        "pair": "gone",
        "removed": ["gone-1", "gone-2"],
        "edited_ports": [],
        "edited_port_groups": [],
    }
    assert snapshot.host() == before
    assert list(Path("/var/log/libvirt/lxc").glob("gone-?.log*")) == []


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


@pytest.mark.alone
def test_port_that_somebody_else_changed_is_told_and_the_pair_goes_all_the_same(
    tmp_path: Path,
) -> None:
    made = document("edited", number=12, policy="unchanged")
    guests = made["guests"]
    assert isinstance(guests, list)
    made["guests"] = [guest | {"filter": "clean-traffic"} for guest in guests]
    path = write(tmp_path / "pair.yaml", made)
    before = snapshot.host()
    try:
        assert vipprov("vm", "create", path).code == 1
        assert vipprov("portgroup", "permit", "edited-1", "--vrid", "99").code == 0
        given = containers.virsh("dumpxml", "--inactive", "edited-1")
        edited = re.sub("filter='vipprov-[^']*'", "filter='no-mac-spoofing'", given)
        foreign.define(edited)
    finally:
        done = vipprov("vm", "destroy", "edited", "--yes")
    assert done.code == 1
    assert "edited is gone, but somebody else had changed its ports" in done.err
    for version in ("before: filter clean-traffic", "as we left it: filter vipprov-", "now:"):
        assert version in done.err
    assert "now: filter no-mac-spoofing" in done.err
    assert snapshot.host() == before
