"""Findings: checks without repetition. A check fails exactly when there is a fault to name."""

from dataclasses import dataclass

from vipprov.guest.check import Check, Verdict


@dataclass(frozen=True, slots=True)
class Fault:
    """What probably went wrong, and what to do next."""

    cause: str
    next_move: str


def check(id_: str, subject: str, *, expected: str, seen: str, fault: Fault | None) -> Check:
    """Return a check that passed, or failed for this fault."""
    return Check(
        id=id_,
        subject=subject,
        expected=expected,
        seen=seen,
        verdict=Verdict.PASS if fault is None else Verdict.FAIL,
        cause="" if fault is None else fault.cause,
        next_move="" if fault is None else fault.next_move,
    )


def unknown(id_: str, subject: str, *, expected: str, why: Fault) -> Check:
    """Return a check that nobody could make."""
    return Check(
        id=id_,
        subject=subject,
        expected=expected,
        seen="not known",
        verdict=Verdict.UNKNOWN,
        cause=why.cause,
        next_move=why.next_move,
    )


def listed(words: tuple[str, ...], *, none: str = "none") -> str:
    """Return the words with commas between them."""
    return ", ".join(words) or none
