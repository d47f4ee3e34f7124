"""The page of the soak: which settings failed over without a cause, and how near others came."""

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median
from typing import Any

from measure.candidates import Candidate
from measure.facts import Facts
from measure.load import Load
from measured import Table
from vipprov.guest import adverts

_ABOUT = """\
Pairs of keepalived in namespaces, one pair for each setting, all on one bridge and at once. Each
core runs an endless loop, and nothing is done to the pairs: whoever takes a virtual address over
does so without a cause. *Silence* is the longest time in which no advert of the pair came in at a
member's NIC, by the kernel's time stamps; beside it is how long a backup waits for one.
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Soaked:
    """The minutes that were soaked under one load."""

    load: Load
    minutes: Sequence[dict[str, Any]]

    def takeovers(self, candidate: Candidate) -> int:
        """Return how often the pair failed over without a cause."""
        return sum(minute["candidates"][candidate.name]["takeovers"] for minute in self.minutes)

    def silence(self, candidate: Candidate) -> float:
        """Return the longest silence of the pair, in milliseconds."""
        return max(
            (minute["candidates"][candidate.name]["silence_ms"] for minute in self.minutes),
            default=0.0,
        )


def page(
    candidates: Sequence[Candidate], soaks: Sequence[Soaked], facts: Facts, command: str
) -> str:
    """Return the page in Markdown."""
    return "\n".join(
        (
            "# Soak: fail-overs without a cause",
            "",
            _ABOUT,
            f"`{command}`; {facts}",
            "",
            str(_loads(soaks)),
            str(_found(candidates, soaks)),
            _verdict(candidates, soaks),
            "",
        )
    )


def _loads(soaks: Sequence[Soaked]) -> Table:
    head = (
        "soak",
        "minutes",
        "cores busy",
        "load average",
        "loops",
        "adverts missed here",
    )
    return Table(head=head, rows={name: _load(soak) for name, soak in _named(soaks)})


def _load(soak: Soaked) -> tuple[str, ...]:
    loads = [minute["load"] for minute in soak.minutes]
    return (
        str(len(soak.minutes)),
        f"{median(minute['busy'] for minute in soak.minutes):.0%}",
        f"{min(loads):.0f} to {max(loads):.0f}, median {median(loads):.0f}",
        soak.load.value,
        str(sum(minute["missed"] for minute in soak.minutes)),
    )


def _found(candidates: Sequence[Candidate], soaks: Sequence[Soaked]) -> Table:
    columns = (
        (f"{name}: fail-overs without a cause", f"{name}: longest silence")
        for name, _ in _named(soaks)
    )
    return Table(
        head=("setting", "a backup waits", *(title for pair in columns for title in pair)),
        rows={
            candidate.name: (
                f"{wait(candidate):.0f} ms",
                *(word for soak in soaks for word in _cells(candidate, soak)),
            )
            for candidate in candidates
        },
    )


def _cells(candidate: Candidate, soak: Soaked) -> tuple[str, str]:
    takeovers = soak.takeovers(candidate)
    return f"**{takeovers}**" if takeovers else "0", f"{soak.silence(candidate):.0f} ms"


def _verdict(candidates: Sequence[Candidate], soaks: Sequence[Soaked]) -> str:
    clean = [one for one in candidates if not any(soak.takeovers(one) for soak in soaks)]
    if not clean:
        return "No setting came through."
    best = min(clean, key=wait)
    return f"The shortest wait without a single fail-over that had no cause: **{best.name}**."


def wait(candidate: Candidate) -> float:
    """Return the milliseconds without an advert after which the backup takes over."""
    pair = candidate.pair(1)
    return min(adverts.patience(pair.vip, guest.priority) for guest in pair.guests) * 1000


def _named(soaks: Sequence[Soaked]) -> list[tuple[str, Soaked]]:
    return [("ABCDEFGH"[number], soak) for number, soak in enumerate(soaks)]
