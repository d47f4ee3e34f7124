import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vipprov.guest import quoting
from vipprov.guest.errors import SpecError


def test_ordinary_command_is_written_as_a_person_would() -> None:
    argv = ("/usr/bin/curl", "-fsS", "http://127.0.0.1:80/health,ok=1")
    assert quoting.command(argv) == '"/usr/bin/curl -fsS http://127.0.0.1:80/health,ok=1"'


@pytest.mark.parametrize(
    ("argument", "written"),
    [
        ("", "''"),
        ("a b", "'a b'"),
        ("it's", r"'it\\047s'"),
        ('"', r"'\\042'"),
        ("\\", r"'\\134'"),
        ("#!$~{}@", r"'\\043\\041\\044\\176\\173\\175\\100'"),
        ("line\nbreak", r"'line\\012break'"),
        ("é", r"'\\303\\251'"),
        ("~1", r"'\\1761'"),
    ],
)
def test_special_characters_are_escaped_twice(argument: str, written: str) -> None:
    assert quoting.command(("/x", argument)) == f'"/x {written}"'


@given(st.lists(st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]))))
def test_only_plain_characters_are_left_in_the_line(argv: list[str]) -> None:
    inner = quoting.command(argv)[1:-1]
    assert not set(inner) & set('#!$~{}@"\n')
    assert re.fullmatch(r"(?:[^\\]|\\\\[0-3][0-7]{2})*", inner)


def test_argument_with_a_nul_is_refused() -> None:
    with pytest.raises(SpecError):
        quoting.command(("/x", "a\0b"))
