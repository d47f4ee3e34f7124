"""Remove a pair with all that was made for it."""

import os
import socket
from collections.abc import Callable
from dataclasses import dataclass, replace

from vipprov.hv import claim
from vipprov.hv.machine import Machine
from vipprov.hv.registry import Hypervisor
from vipprov.pipelines import fleet, opening, remove
from vipprov.pipelines.fleet import Fleet
from vipprov.pipelines.sidebyside import each

SECONDS = 60.0
CLAIM_SECONDS = 2 * SECONDS


@dataclass(frozen=True, slots=True, kw_only=True)
class Destroyed:
    """The machines that are gone, and in words what somebody else had changed.

    `edited` ports went with their machines; `kept` port groups stay as somebody else left them.
    """

    machines: tuple[str, ...]
    edited: tuple[str, ...] = ()
    kept: tuple[str, ...] = ()


def destroy(hypervisor: Hypervisor, name: str, *, say: Callable[[str], None]) -> Destroyed:
    """Remove the pair of this name, or raise MissingError."""
    holder = claim.myself(CLAIM_SECONDS, host=socket.gethostname(), process=os.getpid())
    with claim.held(hypervisor.claims, name, holder):
        found = _healed(hypervisor, name)

        def away(machine: Machine) -> tuple[str, ...]:
            say(f"- remove {machine.sort.value} {machine.name}")
            return remove.named(hypervisor, machine.name, pair=name)

        names = tuple(machine.name for machine in found.machines)
        plugged = {nic.port_group for machine in found.machines for nic in machine.nics}
        groups = opening.of_machines(hypervisor, plugged)
        early = opening.give_back(hypervisor, groups, leaving=names)
        hypervisor.machines.keep_apart(name, ())
        edited = each(found.machines, away)
        # Who else went just now has seen these machines still there, as they saw its own.
        late = opening.give_back(hypervisor, early.busy, leaving=names)
    return Destroyed(
        machines=names,
        edited=tuple(line for lines in edited for line in lines),
        kept=(*early.edited, *late.edited),
    )


def _healed(hypervisor: Hypervisor, name: str) -> Fleet:
    """Return the pair with those of its machines, too, whose marks somebody has damaged."""
    found = fleet.pair(hypervisor.machines, name)
    witness = next((machine.mark for machine in found.machines if machine.mark), None)
    damaged = fleet.damaged(hypervisor.machines, found)
    for machine in damaged:
        if witness is not None:
            mark = replace(witness, guest=machine.name, ready=False)
            hypervisor.machines.set_mark(machine.name, mark)
    return fleet.pair(hypervisor.machines, name) if damaged else found
