"""The exceptions file: what it says, and every mistake in it at once, with its place."""

from datetime import date
from pathlib import Path

import pytest

from vipprov.guest import exceptionfile
from vipprov.guest.errors import SpecError
from vipprov.guest.policyexception import PolicyException

CHECKS = frozenset({"forged-transmits", "promiscuous"})
PATH = Path("exceptions.yaml")
GOOD = """
exceptions:
  - port_group: leaf1
    pair: web
    owner: network team
    reason: "CHG-1234"
    expires: 2027-01-31
  - {port_group: app, host: esx1, pair: db-1, owner: me, reason: x, expires: 2026-12-31,
     checks: [promiscuous]}
"""


def mistakes(text: str) -> list[str]:
    with pytest.raises(SpecError) as caught:
        exceptionfile.parse(text, path=PATH, checks=CHECKS)
    assert caught.value.details is not None
    return caught.value.details.splitlines()


def test_exceptions_are_read_with_all_that_they_say() -> None:
    first, second = exceptionfile.parse(GOOD, path=PATH, checks=CHECKS)
    assert first == PolicyException(
        port_group="leaf1",
        pair="web",
        owner="network team",
        reason="CHG-1234",
        expires=date(2027, 1, 31),
    )
    assert (second.host, second.checks) == ("esx1", frozenset({"promiscuous"}))


def test_exception_holds_on_its_last_day_and_no_longer() -> None:
    first, _ = exceptionfile.parse(GOOD, path=PATH, checks=CHECKS)
    assert not first.has_expired(date(2027, 1, 31))
    assert first.has_expired(date(2027, 2, 1))


def test_all_mistakes_are_told_at_once_each_with_line_and_column() -> None:
    found = mistakes(
        "exceptions:\n"
        "  - port_group: leaf1\n"
        "    pairs: web\n"
        "    owner: ''\n"
        "    reason: x\n"
        "    expires: 31.01.2027\n"
        "    checks: [promiscous]\n"
        "  - leaf2\n"
        "more: 1\n"
    )
    a_date, a_check = "Write year-month-day: 2027-01-31.", "Write promiscuous."
    assert found == [
        "exceptions.yaml:2:5: exceptions[0].pair: is missing. Write pair: and its value.",
        "exceptions.yaml:3:5: exceptions[0].pairs: is no key here. Write pair.",
        "exceptions.yaml:4:12: exceptions[0].owner: this is no text. Write a word or a sentence.",
        f"exceptions.yaml:6:14: exceptions[0].expires: '31.01.2027' is no date. {a_date}",
        f"exceptions.yaml:7:14: exceptions[0].checks[0]: is no check of the audit. {a_check}",
        "exceptions.yaml:8:5: exceptions[1]: this is no table. Write port_group: and so on.",
        "exceptions.yaml:9:1: more: is no key here. Known here: exceptions.",
    ]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "exceptions.yaml:1:1: this is no table"),
        ("exceptions: none", "exceptions: this is no list"),
        ("exceptions: [", "exceptions.yaml:1:14:"),
        (
            "exceptions: []\nexceptions: []",
            "exceptions.yaml:2:1: exceptions: the key is there twice",
        ),
        (GOOD.replace("2027-01-31", "2027-02-30"), "'2027-02-30' is no date"),
        (GOOD.replace("2027-01-31", "20270131"), "'20270131' is no date"),
        (GOOD.replace("2027-01-31", "[1]"), "this is no date"),
        (GOOD.replace("[promiscuous]", "promiscuous"), "this is no list"),
        (GOOD.replace("[promiscuous]", "[{a: b}]"), "is no check of the audit"),
        (GOOD.replace("esx1", "[]"), "this is no text"),
    ],
)
def test_what_cannot_stand_is_named(text: str, words: str) -> None:
    (found,) = mistakes(text)
    assert words in found


def test_file_without_exceptions_holds_none() -> None:
    assert exceptionfile.parse("exceptions: []", path=PATH, checks=CHECKS) == ()


def test_file_nested_without_end_is_refused() -> None:
    with pytest.raises(SpecError, match="nested too deeply"):
        exceptionfile.parse("[" * 100_000, path=PATH, checks=CHECKS)


@pytest.mark.parametrize("data", [b"\xff\xfe", b"#" * (exceptionfile.LARGEST + 1)])
def test_file_that_cannot_be_read_is_named(tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "exceptions.yaml"
    path.write_bytes(data)
    with pytest.raises(SpecError, match=r"exceptions\.yaml"):
        exceptionfile.load(path, checks=CHECKS)
    with pytest.raises(SpecError, match="nonesuch"):
        exceptionfile.load(tmp_path / "nonesuch", checks=CHECKS)
