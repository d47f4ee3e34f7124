import json
from dataclasses import replace

import schemas
from vipprov.guest.check import Check, Verdict
from vipprov.pipelines import report
from vipprov.pipelines.verify import Report

FINE = Check(id="arp", subject="10.50.50.50", expected="a", seen="a", verdict=Verdict.PASS)
CAUSE = {"cause": "keepalived died.", "next_move": "Restart it."}
WRONG = Check(
    id="role", subject="web-1", expected="MASTER", seen="FAULT", verdict=Verdict.FAIL, **CAUSE
)
UNSEEN = Check(
    id="advert", subject="web-2", expected="one", seen="", verdict=Verdict.UNKNOWN, **CAUSE
)


def made(*checks: Check) -> Report:
    return Report(pair="web", checks=checks, seconds=1.234)


def test_a_proof_is_a_table_and_a_summary() -> None:
    assert report.text(made(FINE)) == (
        "VERDICT  CHECK  SUBJECT      SEEN\n"
        "pass     arp    10.50.50.50  a\n"
        "\n"
        "web: proven, 1 checks passed in 1.2 s"
    )


def test_what_was_expected_is_said_where_it_was_not_seen() -> None:
    assert report.text(made(FINE, WRONG, UNSEEN)).startswith(
        "VERDICT  CHECK   SUBJECT      SEEN   EXPECTED\n"
        "pass     arp     10.50.50.50  a\n"
        "fail     role    web-1        FAULT  MASTER\n"
        "unknown  advert  web-2        -      one\n"
        "\n"
    )


def test_one_cause_is_told_once_for_all_its_checks() -> None:
    told = report.text(made(FINE, WRONG, UNSEEN))
    assert told.endswith(
        "\n\nrole (web-1), advert (web-2)\n"
        "  cause: keepalived died.\n"
        "  next:  Restart it.\n"
        "\n"
        "web: not proven, 1 failed, 1 unknown, 1 passed in 1.2 s"
    )


def test_an_unknown_check_is_no_proof() -> None:
    assert not made(FINE, UNSEEN).passed
    assert made(FINE).passed


def test_a_warning_is_told_once_for_all_its_guests_and_does_not_spoil_the_proof() -> None:
    warned = replace(FINE, subject="web-1", warning="It is old.")
    proof = made(FINE, warned, replace(warned, subject="web-2"))
    assert proof.passed
    assert report.text(proof).endswith(
        "\n\nwarning (web-1, web-2): It is old.\n\nweb: proven, 3 checks passed in 1.2 s"
    )
    assert '"warning": "It is old."' in json.dumps(report.document(proof))


def test_columns_are_aligned_and_no_line_ends_in_blanks() -> None:
    lines = report.text(made(FINE, WRONG)).split("\n")
    assert lines[0].index("SEEN") == lines[1].rindex("a") == lines[2].index("FAULT")
    assert all(line == line.rstrip() for line in lines)


def test_the_document_is_json_and_holds_every_field() -> None:
    document = json.loads(json.dumps(report.document(made(WRONG))))
    schemas.require("verify", document, closed=True)
    assert document == {
        "pair": "web",
        "passed": False,
        "seconds": 1.234,
        "checks": [
            {
                "id": "role",
                "subject": "web-1",
                "expected": "MASTER",
                "seen": "FAULT",
                "verdict": "fail",
                "cause": "keepalived died.",
                "next_move": "Restart it.",
                "warning": "",
            }
        ],
    }
