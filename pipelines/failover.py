"""The story of `failover`: let a fault befall the owner, measure, and bring the guest back."""

from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from functools import partial

from vipprov.guest import adverts
from vipprov.guest.deadline import Deadline
from vipprov.guest.errors import CheckFailedError, DeadlineError
from vipprov.guest.fault import NATURES, Ending, Fault
from vipprov.guest.pair import Guest, Pair
from vipprov.guest.undo import Undo
from vipprov.hv.registry import Hypervisor
from vipprov.pipelines import addressed, faults, outage, standing
from vipprov.pipelines.outage import Span
from vipprov.pipelines.watch import Watch

STEADY = 0.3
"""Seconds without a loss after which all is taken to be well again."""
HEIR_MARGIN = 5.0
HEAL_SECONDS = 60.0
LOOK_EVERY = 0.02


Guard = Callable[[str, Fault, Guest], AbstractContextManager[None]]
"""Sees to it that the fault of this pair's guest is taken back even if we die within its block."""


def unguarded(_pair: str, _fault: Fault, _guest: Guest) -> AbstractContextManager[None]:
    """Leave a fault where it is if we die."""
    return nullcontext()


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """One fault and what came of it. Moments are seconds after the strike.

    Nobody knows better than `struck_within` seconds when the fault took effect: so long did it
    take to inflict. `detected` is when an heir first spoke as an owner, `taken` when it first
    claimed the virtual address. `healing` is what was seen while the guest came back.
    """

    fault: Fault
    owner: str
    heir: str | None
    ending: Ending | None
    struck_within: float
    detected: float | None
    taken: float | None
    fault_span: Span
    healing: Span

    @property
    def is_as_expected(self) -> bool:
        """Whether the fault ended as its nature says, and every vantage point was served."""
        served = all(
            view.reception.worst is None or view.reached is not None
            for view in self.fault_span.views
        )
        return self.ending is NATURES[self.fault].ending and served


@dataclass(frozen=True, slots=True, kw_only=True)
class Scene:
    """What a run plays on."""

    pair: Pair
    hypervisor: Hypervisor
    watch: Watch
    by: Deadline
    say: Callable[[str], None]
    guard: Guard = unguarded


def run(scene: Scene, fault: Fault, owner: Guest) -> Run:
    """Strike the owner, watch until it is over, heal it; return what was seen of all that."""
    pair, watch, clock = scene.pair, scene.watch, scene.by.clock
    heirs = frozenset(guest.name for guest in pair.guests if guest is not owner)
    watch.note_devices()
    if not _is_steady(scene, since=clock.now()):
        raise CheckFailedError(
            f"{pair.name} loses packets already, so nothing is done to it.",
            hint=f"`vipprov verify {addressed.named(pair)}` tells why.",
        )
    faults.demand(fault, owner, scene.hypervisor)
    scene.say(f"{fault.value}: {owner.name}")
    with scene.guard(pair.name, fault, owner), Undo() as undo:
        undo.later(f"{fault.value} of {owner.name}", partial(_heal, scene, fault, owner))
        struck = clock.now()
        watch.is_disturbed = True
        faults.strike(fault, owner, scene.hypervisor, by=scene.by.within(HEAL_SECONDS))
        inflicted = clock.now()
        _await_heir(scene, heirs, since=struck)
        ending = standing.standing(pair, scene.hypervisor.machines, by=scene.by).ending
        healed = clock.now()
        _heal(scene, fault, owner)
        standing.await_healthy(pair, scene.hypervisor.machines, by=_boot(scene))
        watch.note_devices()
        _is_steady(scene, since=clock.now())
    end = clock.now()
    watch.look()
    found = outage.heir(watch, heirs, since=struck, until=healed)
    detected = outage.detected(watch, heirs, since=struck, until=healed)
    return Run(
        fault=fault,
        owner=owner.name,
        heir=None if found is None else found[0],
        ending=ending,
        struck_within=inflicted - struck,
        detected=None if detected is None else detected - struck,
        taken=None if found is None else found[1] - struck,
        fault_span=outage.span(watch, since=struck, until=healed),
        healing=outage.span(watch, since=healed, until=end),
    )


def _await_heir(scene: Scene, heirs: frozenset[str], *, since: float) -> None:
    """Return once an heir has claimed the address and is reached; after a while in any case."""
    watch, clock = scene.watch, scene.by.clock
    patience = 2 * adverts.longest_patience(scene.pair) + HEIR_MARGIN

    def taken() -> float | None:
        watch.look()
        found = outage.heir(watch, heirs, since=since)
        return None if found is None else found[1]

    try:
        moment = scene.by.within(patience).poll(taken, what="an heir", every=LOOK_EVERY)
    except DeadlineError:
        scene.say("nobody takes over in time")
        return
    if not _is_steady(scene, since=moment):
        scene.say("the new owner is not reached from everywhere")
    clock.sleep(STEADY)  # replies to the last probes are still under way


def _is_steady(scene: Scene, *, since: float) -> bool:
    """Wait until nothing was lost for a moment, and say whether that came about."""
    watch, clock = scene.watch, scene.by.clock

    def steady() -> bool | None:
        watch.look()
        now = clock.now()
        window = now - 2 * STEADY
        return (window >= since and outage.is_reached(watch, since=window, at=now - STEADY)) or None

    try:
        return scene.by.within(HEIR_MARGIN).poll(steady, what="replies", every=LOOK_EVERY)
    except DeadlineError:
        return False


def _heal(scene: Scene, fault: Fault, owner: Guest) -> None:
    by = Deadline.after(HEAL_SECONDS, clock=scene.by.clock)
    faults.heal(fault, owner, scene.hypervisor, by=by)


def _boot(scene: Scene) -> Deadline:
    return scene.by.within(scene.pair.timeout.total_seconds())
