"""The page of the outages: each subject under each fault, as a client at a third leaf had them."""

from collections.abc import Mapping, Sequence
from typing import Any

from measure.facts import Facts
from measure.outages import FAULTS
from measure.subjects import Subject
from measured import Table
from vipprov.guest.figures import Spread, spread

_ABOUT = """\
Pairs of containers on an EVPN lab, a guest at each of two leafs; a client at a third leaf sends an
echo request each millisecond. No ARP suppression, no duplicate detection, IPv4. *Outage* is the
longest run of lost probes. *stop*: keepalived is told to end; *crash*: the guest dies without a
word. Settings are the version of VRRP, the time between adverts, the priorities.
"""
_NOTES = """\
Plain keepalived is what it does where its configuration says nothing: version 2, each second,
priority 100 for all, no virtual MAC, no refresh. Where leafs suppress ARP its remote clients are
cut off (`tests/lab/test_evpn_claims.py`); here leafs do not.
"""

Runs = Mapping[tuple[str, str], Sequence[dict[str, Any]]]
"""The runs of each subject, by name, and fault."""


def page(subjects: Sequence[Subject], runs: Runs, facts: Facts, command: str) -> str:
    """Return the page in Markdown."""
    rows = {
        f"{subject.title} | {fault}": _row(subject, runs[subject.name, fault])
        for subject in subjects
        for fault in FAULTS
        if runs.get((subject.name, fault))
    }
    head = (
        "pair",
        "fault",
        "settings",
        "runs",
        "median",
        "p95",
        "max",
        "MAC moves",
        "max from anywhere",
    )
    return "\n".join(
        (
            "# Outages from a remote client",
            "",
            _ABOUT,
            f"`{command}`; {facts}",
            "",
            str(Table(head=head, rows=rows)),
            _NOTES,
        )
    )


def _row(subject: Subject, runs: Sequence[dict[str, Any]]) -> tuple[str, ...]:
    found = spread([run["remote_ms"] for run in runs])
    worst = max(run["worst_ms"] for run in runs)
    moves = sorted({run["moves"] for run in runs})
    return (
        subject.settings,
        str(len(runs)),
        *_figures(found),
        "" if not subject.pair.vip.vmac else " or ".join(map(str, moves)),
        f"{worst:.0f} ms",
    )


def _figures(found: Spread | None) -> tuple[str, ...]:
    if found is None:
        return ("", "", "")
    return tuple(f"{value:.0f} ms" for value in (found.median, found.p95, found.max))
