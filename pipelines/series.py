"""A series of fail-overs of one pair, within the fabric's budget of MAC moves."""

import os
import socket
from collections.abc import Callable
from dataclasses import dataclass

from vipprov.guest import movecost
from vipprov.guest.deadline import Deadline
from vipprov.guest.fault import Fault
from vipprov.guest.figures import Spread, spread
from vipprov.guest.pair import Guest, Pair
from vipprov.hv import claim
from vipprov.hv.probing.orders import PROBED_EVERY
from vipprov.hv.registry import Hypervisor
from vipprov.pipelines import failover, pacing, standing
from vipprov.pipelines.failover import Guard, Run, Scene
from vipprov.pipelines.pacing import Wall
from vipprov.pipelines.watch import watching

SECONDS_EACH = 900.0
"""How long a run may take, with a machine that boots and a budget that is waited for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wishes:
    """What is to befall the owner, how often, and what else is wanted."""

    fault: Fault
    count: int = 1
    back: bool = False
    wait: bool = False
    besides: tuple[str, ...] = ()
    """Port groups to measure from, besides those of the guests."""
    interval: float = PROBED_EVERY
    """Seconds between two probes of an address."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Round:
    """A fault, and the way back to the old owner where it was asked for."""

    there: Run
    back: Run | None

    @property
    def is_as_expected(self) -> bool:
        """Whether everything ended as it has to."""
        return self.there.is_as_expected and (self.back is None or self.back.is_as_expected)


@dataclass(frozen=True, slots=True, kw_only=True)
class Series:
    """What came of all rounds."""

    pair: str
    fault: Fault
    rounds: tuple[Round, ...]
    interval: float = PROBED_EVERY

    @property
    def is_as_expected(self) -> bool:
        """Whether every round ended as it has to."""
        return all(one.is_as_expected for one in self.rounds)

    def outages(self) -> Spread | None:
        """Return how the outages, in seconds, are spread."""
        return spread([one.there.fault_span.outage for one in self.rounds])

    def outages_from(self) -> dict[str, Spread]:
        """Return how they are spread as seen from each port group."""
        seen = [one.there.fault_span.outages for one in self.rounds]
        places = dict.fromkeys(place for outages in seen for place in outages)
        spreads = {
            place: spread([outages[place] for outages in seen if place in outages])
            for place in places
        }
        return {place: found for place, found in spreads.items() if found is not None}


def series(  # noqa: PLR0913  each of them may be another in a test
    pair: Pair,
    hypervisor: Hypervisor,
    wishes: Wishes,
    *,
    by: Deadline,
    say: Callable[[str], None],
    guard: Guard = failover.unguarded,
    wall: Wall = pacing.utc_now,
) -> Series:
    """Fail the pair over as often as is wished; raise what forbids it."""
    holder = claim.myself(
        SECONDS_EACH * wishes.count, host=socket.gethostname(), process=os.getpid()
    )
    rounds: list[Round] = []
    with claim.held(hypervisor.claims, pair.name, holder):
        for number in range(wishes.count):
            owner = standing.demand_healthy(pair, hypervisor.machines, by=by)
            each = movecost.of_fault(pair, owner, wishes.fault, with_return=wishes.back)
            cost = each if wishes.wait else each * (wishes.count - number)
            if wishes.wait:
                pacing.wait(pair, hypervisor.machines, cost=cost, by=by, say=say, wall=wall)
            else:
                pacing.demand(pair, hypervisor.machines, cost=cost, by=by, wall=wall)
            with watching(
                pair,
                hypervisor,
                owner.name,
                by=by,
                besides=wishes.besides,
                interval=wishes.interval,
            ) as watch:
                scene = Scene(
                    pair=pair, hypervisor=hypervisor, watch=watch, by=by, say=say, guard=guard
                )
                with pacing.noting(pair, hypervisor.machines, watch, each, by=by, wall=wall):
                    rounds.append(_round(scene, wishes, owner))
    return Series(
        pair=pair.name, fault=wishes.fault, rounds=tuple(rounds), interval=wishes.interval
    )


def _round(scene: Scene, wishes: Wishes, owner: Guest) -> Round:
    there = failover.run(scene, wishes.fault, owner)
    now = standing.await_healthy(scene.pair, scene.hypervisor.machines, by=scene.by)
    back = failover.run(scene, Fault.STOP, now) if wishes.back and now is not owner else None
    return Round(there=there, back=back)
