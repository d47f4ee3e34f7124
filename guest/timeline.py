"""Timeline: what probes, and the replies that came or did not, say of an outage. Pure."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Shot:
    """A probe, or a reply to one, and when it was sent or came."""

    sequence: int
    at: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Gap:
    """Probes lost one after the other, from the first of them to the next that was answered.

    `reached` is when that answer came. Both are None for a gap that was still open at the end.
    """

    start: float
    end: float | None
    lost: int
    reached: float | None

    def seconds(self, until: float) -> float:
        """Return how long it lasted, or has lasted until then."""
        return (until if self.end is None else self.end) - self.start


@dataclass(frozen=True, slots=True, kw_only=True)
class Reception:
    """What became of the probes of one span of time; `late` replies were overtaken by others."""

    since: float
    until: float
    sent: int
    lost: int
    duplicates: int
    late: int
    gaps: tuple[Gap, ...]

    @property
    def worst(self) -> Gap | None:
        """The longest gap, or None where nothing was lost."""
        return max(self.gaps, key=lambda gap: gap.seconds(self.until), default=None)

    @property
    def outage(self) -> float:
        """Seconds of the longest gap."""
        return 0.0 if self.worst is None else self.worst.seconds(self.until)


def reception(
    sent: Iterable[Shot], replies: Iterable[Shot], *, since: float, until: float
) -> Reception:
    """Return what became of the probes that were sent from `since` on and before `until`."""
    probes = tuple(shot for shot in sent if since <= shot.at < until)
    ours = {shot.sequence for shot in probes}
    came = sorted((shot for shot in replies if shot.sequence in ours), key=lambda shot: shot.at)
    first: dict[int, float] = {}
    late, highest = 0, -1
    for reply in came:
        if reply.sequence not in first:
            late += reply.sequence < highest
            first[reply.sequence] = reply.at
            highest = max(highest, reply.sequence)
    return Reception(
        since=since,
        until=until,
        sent=len(probes),
        lost=len(probes) - len(first),
        duplicates=len(came) - len(first),
        late=late,
        gaps=_gaps(probes, first),
    )


def _gaps(probes: Sequence[Shot], first: dict[int, float]) -> tuple[Gap, ...]:
    found: list[Gap] = []
    lost: list[Shot] = []
    for probe in probes:
        if probe.sequence not in first:
            lost.append(probe)
        elif lost:
            found.append(_gap(lost, end=probe.at, reached=first[probe.sequence]))
            lost = []
    if lost:
        found.append(_gap(lost, end=None, reached=None))
    return tuple(found)


def _gap(lost: Sequence[Shot], *, end: float | None, reached: float | None) -> Gap:
    return Gap(start=lost[0].at, end=end, lost=len(lost), reached=reached)
