"""The story of `switchover`: a planned move of the virtual addresses, without losing a packet."""

import os
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial

from vipprov.guest import handover, undo, welcome
from vipprov.guest.deadline import Deadline
from vipprov.guest.errors import CheckFailedError, GuestError, HeldError, SpecError
from vipprov.guest.handover import Handover
from vipprov.guest.pair import Guest, Pair
from vipprov.hv import claim
from vipprov.hv.machines import Runs
from vipprov.hv.registry import Hypervisor
from vipprov.pipelines import addressed, livechange, outage, outposts, pacing, standing
from vipprov.pipelines.outage import Span
from vipprov.pipelines.pacing import Wall
from vipprov.pipelines.watch import Watch, watching

SECONDS = 300.0
SETTLE = 0.5
RUNS = ("systemctl", "is-active", "--quiet", f"{handover.UNIT}.service")


@dataclass(frozen=True, slots=True, kw_only=True)
class Moved:
    """A switchover and what was seen of it; `moves` counts those of each virtual MAC at most."""

    pair: str
    before: str
    after: str
    span: Span

    @property
    def moves(self) -> int:
        """How often a virtual MAC moved: of several, that one which moved most."""
        macs = [move.mac for move in self.span.moves]
        return max((macs.count(mac) for mac in macs), default=0)

    @property
    def is_clean(self) -> bool | None:
        """Whether nothing was lost, and no virtual MAC moved more than once.

        None where nothing was lost, and moves are not seen from this machine.
        """
        if self.span.lost > 0 or self.moves > 1:
            return False
        return True if self.span.has_cables else None


def switchover(
    pair: Pair,
    hypervisor: Hypervisor,
    to: str | None,
    *,
    by: Deadline,
    say: Callable[[str], None],
    wall: Wall = pacing.utc_now,
) -> Moved | None:
    """Move the virtual addresses of a healthy pair; None where the guest has them already."""
    holder = claim.myself(SECONDS, host=socket.gethostname(), process=os.getpid())
    machines = hypervisor.machines
    with claim.held(hypervisor.claims, pair.name, holder):
        owner = standing.demand_whole(pair, machines, by=by)
        if to == owner.name:
            return None
        heir = chosen(pair, owner, to)
        _demand_idle(owner, hypervisor, by=by)
        pacing.demand(pair, machines, cost=1, by=by, wall=wall)
        besides = outposts.beside(pair, hypervisor.port_groups)
        with (
            watching(pair, hypervisor, owner.name, by=by, besides=besides) as watch,
            pacing.noting(pair, machines, watch, 1, by=by, wall=wall),
        ):
            say(f"{owner.name} hands over to {heir.name}")
            return hand_over(pair, hypervisor, watch, owner, heir, by=by)


def chosen(pair: Pair, owner: Guest, to: str | None) -> Guest:
    """Return the guest that is to take over; SpecError for one that VRRP would not let do it."""
    if not pair.vip.vmac:
        raise SpecError(
            f"{pair.name} has no virtual MAC: in any move its clients must learn another one.",
            hint="Set `vip.vmac: true` in the pair file.",
        )
    if pair.vip.preempt:
        best = max(pair.guests, key=lambda guest: guest.priority)
        if owner is best:
            raise SpecError(
                f"{pair.name} gives its virtual IP back to {best.name} at once: it preempts.",
                hint="Set `vip.preempt: false`, or change the priorities, in the pair file.",
            )
    backups = tuple(guest for guest in pair.guests if guest is not owner)
    next_in_line = max(backups, key=lambda guest: (guest.priority, guest.addresses[0].ip.packed))
    if to is None or to == next_in_line.name:
        return next_in_line
    if to in {guest.name for guest in backups}:
        raise SpecError(
            f"{to} is not next in line: {next_in_line.name} has a better priority.",
            hint="Change `priority` in the pair file first.",
        )
    names = ", ".join(guest.name for guest in pair.guests)
    raise SpecError(f"{pair.name} has no guest {to}.", hint=f"Its guests: {names}.")


def hand_over(
    pair: Pair, hypervisor: Hypervisor, watch: Watch, owner: Guest, heir: Guest, *, by: Deadline
) -> Moved:
    """Have the owner hand over to the heir, and return what the watch saw of it."""
    machines, clock = hypervisor.machines, by.clock
    clock.sleep(SETTLE)
    began = clock.now()
    with _welcoming(pair, machines, heir, by=by):
        watch.is_disturbed = True
        done = machines.run(owner.name, handover.command(pair, owner, heir), by=by)
    if done.code != 0:
        raise GuestError(
            f"{owner.name} could not hand over.",
            details=done.stderr.decode(errors="replace").strip(),
            hint=f"`vipprov verify {addressed.named(pair)}` says how it stands now.",
        )
    how = handover.parse(done.text)
    if how is not Handover.DONE:
        raise CheckFailedError(
            f"{heir.name} did not take over from {owner.name}, which is the owner as before.",
            hint=f"Does {heir.name} hear adverts? `vipprov verify {addressed.named(pair)}` tells.",
        )
    after = standing.await_healthy(pair, machines, by=by.within(handover.seconds(pair, heir)))
    clock.sleep(SETTLE)
    end = clock.now()
    clock.sleep(SETTLE)
    watch.stop()
    seen = outage.span(watch, since=began, until=end)
    return Moved(pair=pair.name, before=owner.name, after=after.name, span=seen)


@contextmanager
def _welcoming(pair: Pair, machines: Runs, heir: Guest, *, by: Deadline) -> Iterator[None]:
    """Have the heir prepared, and speak up until the fabric knows where it is."""
    stop = partial(machines.run, heir.name, welcome.STOP, by=by)
    stop()  # one whose command was killed may still be at it
    livechange.run(machines, heir.name, welcome.command(pair, heir), by=by)
    with undo.afterwards(f"what prepared {heir.name}", stop):
        yield


def _demand_idle(owner: Guest, hypervisor: Hypervisor, *, by: Deadline) -> None:
    """Raise HeldError while a handover goes on whose command was killed."""
    if hypervisor.machines.run(owner.name, RUNS, by=by).code == 0:
        raise HeldError(
            f"{owner.name} is in the middle of a handover.",
            hint="Its command was killed; it ends by itself.",
        )
