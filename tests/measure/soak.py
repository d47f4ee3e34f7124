"""The soak: pairs with every candidate's settings side by side, all cores loaded, nothing done.

Whoever takes a virtual address over in it does so without a cause.
"""

import re
import tempfile
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from keepalived_members import Member, members, until
from measure import kept, load
from measure.candidates import Candidate
from measure.load import Load
from measure.silence import Ears
from vipprov.guest import render
from vipprov.guest.deadline import Clock, SystemClock
from vipprov.guest.pair import Pair

NAME = "soak"
MINUTE = 60.0
SETTLE = 5.0
_TAKEOVER = re.compile(r"Entering MASTER STATE")


@dataclass(frozen=True, slots=True, kw_only=True)
class Wishes:
    """What is to be soaked, for how long, and beside which load."""

    candidates: tuple[Candidate, ...]
    minutes: int
    load: Load


@dataclass(frozen=True, slots=True, kw_only=True)
class Running:
    """A candidate's pair, and its members."""

    candidate: Candidate
    pair: Pair
    members: tuple[Member, ...]

    @property
    def is_settled(self) -> bool:
        """Whether one member has the address, and the other waits for it."""
        roles = [member.role(self.pair.name) for member in self.members]
        return sorted(map(str, roles)) == ["BACKUP", "MASTER"]

    @property
    def takeovers(self) -> int:
        """How often a member became the owner so far."""
        return sum(len(_TAKEOVER.findall(member.log())) for member in self.members)


def soak(wishes: Wishes, say: Callable[[str], None]) -> None:
    """Go on until so many minutes are kept, each as soon as it has passed."""
    done = len(minutes(wishes))
    if done >= wishes.minutes:
        return
    clock = SystemClock()
    with running(wishes.candidates) as pairs, load.loaded(wishes.load):
        pids = {
            member.pid: one.pair.vip.virtual_router_id for one in pairs for member in one.members
        }
        with closing(Ears(clock, pids)) as ears:
            ears.listen(clock.now() + SETTLE)
            ears.take()
            before = [one.takeovers for one in pairs]
            for number in range(done, wishes.minutes):
                minute = _minute(pairs, before, ears, clock)
                before = [one.takeovers for one in pairs]
                kept.add(NAME, minute | {"loops": wishes.load.value})
                say(f"soak: minute {number + 1} of {wishes.minutes}: {_told(minute)}")


def minutes(wishes: Wishes) -> list[dict[str, Any]]:
    """Return the minutes that are kept of these candidates under this load."""
    return kept_by_load(wishes.candidates).get(wishes.load, [])


def kept_by_load(candidates: tuple[Candidate, ...]) -> dict[Load, list[dict[str, Any]]]:
    """Return the minutes that are kept of these candidates, by the load beside them."""
    names = {candidate.name for candidate in candidates}
    found: dict[Load, list[dict[str, Any]]] = {}
    for minute in kept.all_of(NAME):
        if set(minute["candidates"]) == names:
            found.setdefault(Load(minute["loops"]), []).append(minute)
    return found


@contextmanager
def running(candidates: tuple[Candidate, ...]) -> Iterator[tuple[Running, ...]]:
    """Yield a settled pair for each candidate; nothing of them is left afterwards."""
    pairs = {candidate: candidate.pair(number) for number, candidate in enumerate(candidates, 1)}
    addresses = {
        guest.name: [guest.addresses[0].with_prefixlen]
        for pair in pairs.values()
        for guest in pair.guests
    }
    with tempfile.TemporaryDirectory() as folder, members(Path(folder), addresses) as lan:
        found = []
        for candidate, pair in pairs.items():
            for guest in pair.guests:
                lan[guest.name].write(render.configuration(pair, guest))
                lan[guest.name].start()
            both = tuple(lan[guest.name] for guest in pair.guests)
            found.append(Running(candidate=candidate, pair=pair, members=both))
        until(60).poll(lambda: all(one.is_settled for one in found) or None, what="owners")
        yield tuple(found)


def _minute(
    pairs: tuple[Running, ...], before: list[int], ears: Ears, clock: Clock
) -> dict[str, Any]:
    ticks = load.ticks()
    ears.listen(clock.now() + MINUTE)
    silences, missed = ears.take()
    return {
        "ended": datetime.now(UTC).isoformat(timespec="seconds"),
        "busy": round(ticks.busy_until(load.ticks()), 3),
        "load": round(load.average(), 1),
        "missed": missed,
        "candidates": {
            one.candidate.name: {
                "takeovers": one.takeovers - earlier,
                "silence_ms": round(silences[one.pair.vip.virtual_router_id] * 1000, 1),
            }
            for one, earlier in zip(pairs, before, strict=True)
        },
    }


def _told(minute: dict[str, Any]) -> str:
    told = (
        f"[{name}] {one['takeovers']}, {one['silence_ms']} ms"
        for name, one in minute["candidates"].items()
    )
    return f"busy {minute['busy']}, load {minute['load']}; take-overs, silence: {'; '.join(told)}"
