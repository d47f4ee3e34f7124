"""The pages of `scripts/measure` say what was measured, and draw no conclusion that it denies."""

from typing import Any

from measure import outagepage, soakpage
from measure.candidates import Candidate
from measure.facts import Facts
from measure.load import Load, Ticks
from measure.soakpage import Soaked
from measure.subjects import SUBJECTS

FACTS = Facts(day="1 May 2026", machine="2 cores", programs="keepalived 2.2.7")
SLOW, QUICK = Candidate(milliseconds=1000), Candidate(milliseconds=100)


def minute(*, slow: int = 0, quick: int = 0, silence: float = 110.4) -> dict[str, Any]:
    return {
        "busy": 0.99,
        "load": 3.0,
        "missed": 0,
        "candidates": {
            SLOW.name: {"takeovers": slow, "silence_ms": 1002.0},
            QUICK.name: {"takeovers": quick, "silence_ms": silence},
        },
    }


def soaked(*minutes: dict[str, Any]) -> str:
    soak = Soaked(load=Load.FULL, minutes=minutes)
    return soakpage.page((SLOW, QUICK), (soak,), FACTS, "scripts/measure soak")


def test_the_shortest_wait_wins_where_nothing_happened() -> None:
    page = soaked(minute(), minute(silence=131.0))
    assert "| v3, 100 ms, 254/253 | 301 ms | 0 | 131 ms |" in page
    assert page.rstrip().endswith("**v3, 100 ms, 254/253**.")


def test_one_fail_over_without_a_cause_in_any_minute_rules_a_setting_out() -> None:
    page = soaked(minute(quick=1), minute())
    assert "| v3, 100 ms, 254/253 | 301 ms | **1** |" in page
    assert page.rstrip().endswith("**v3, 1000 ms, 254/253**.")


def test_where_every_setting_failed_over_the_page_says_so() -> None:
    assert soaked(minute(quick=1, slow=1)).rstrip().endswith("No setting came through.")


def test_the_table_of_outages_has_the_figures_of_the_remote_client() -> None:
    safe = SUBJECTS[0]
    runs = [
        {"remote_ms": float(at), "worst_ms": at + 0.5, "moves": 1, "dropped": 0}
        for at in (40, 50, 90)
    ]
    page = outagepage.page((safe,), {(safe.name, "stop"): runs}, FACTS, "scripts/measure")
    assert f"| {safe.title} | stop | {safe.settings} | 3 | 50 ms | 90 ms | 90 ms | 1 |" in page
    assert "crash |" not in page


def test_cores_are_busy_for_the_time_in_which_they_were_not_idle() -> None:
    before, after = Ticks(idle=100, total=1000), Ticks(idle=125, total=1100)
    assert before.busy_until(after) == 0.75
