"""The notify script as a shell runs it."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from factories import make_pair
from keepalived_members import Member
from vipprov.guest import notify, render

pytestmark = pytest.mark.real


@pytest.fixture
def member(tmp_path: Path) -> Iterator[Member]:
    made = Member("notify", tmp_path)
    try:
        pair = make_pair()
        made.write(render.configuration(pair, pair.guests[0]))
        yield made
    finally:
        made.close()


def call(member: Member, name: str, state: str) -> int:
    return member.run(str(notify.SCRIPT), "INSTANCE", name, state, "254").returncode


@pytest.mark.parametrize("state", ["MASTER", "BACKUP", "FAULT"])
def test_role_is_written_down_with_the_time(member: Member, state: str) -> None:
    call(member, "web", state)
    text = member.path(notify.ROLES / "web").read_text()
    assert re.fullmatch(state + r" \d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ\n", text)


def test_last_role_wins(member: Member) -> None:
    for state in ("BACKUP", "MASTER", "FAULT", "BACKUP"):
        call(member, "web", state)
    assert member.role("web") == "BACKUP"


def test_call_that_began_earlier_gives_way_to_one_that_was_faster(member: Member) -> None:
    call(member, "web", "BACKUP")
    began = member.path(notify.ROLES / ".web.began")
    ticks, pid = began.read_text().split()
    began.write_text(f"{int(ticks) + 1000} {pid}\n")
    call(member, "web", "MASTER")
    assert member.role("web") == "BACKUP"


@pytest.mark.parametrize("name", ["../../../etc/evil", "a/b", "", ".web"])
def test_name_that_is_no_file_name_is_refused(member: Member, name: str) -> None:
    assert call(member, name, "MASTER") == 64


def test_instances_are_apart(member: Member) -> None:
    call(member, "web", "MASTER")
    call(member, "web-v6", "BACKUP")
    assert (member.role("web"), member.role("web-v6")) == ("MASTER", "BACKUP")
