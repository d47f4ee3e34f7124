"""A check: what was expected, what was seen, and what follows."""

from dataclasses import dataclass
from enum import Enum


class Verdict(Enum):
    """What a check came to. UNKNOWN is said rather than guessed."""

    PASS = "pass"  # noqa: S105  a verdict, not a password
    FAIL = "fail"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """One line of a proof. `subject` is a guest, a port, a vIP, a leaf or a client.

    `warning` is what a person should know although the check passed.
    """

    id: str
    subject: str
    expected: str
    seen: str
    verdict: Verdict
    cause: str = ""
    next_move: str = ""
    warning: str = ""


def passed(checks: tuple[Check, ...]) -> bool:
    """Say whether every check passed; an unknown one is no proof."""
    return all(check.verdict is Verdict.PASS for check in checks)
