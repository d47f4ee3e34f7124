"""Remove a pair with all that was made for it."""

import os
import socket
from collections.abc import Callable

from vipprov.hv import claim
from vipprov.hv.registry import Hypervisor
from vipprov.pipelines import fleet, remove
from vipprov.pipelines.sidebyside import each

CLAIM_SECONDS = 120.0


def destroy(hypervisor: Hypervisor, name: str, *, say: Callable[[str], None]) -> tuple[str, ...]:
    """Remove the pair of this name and return the machines that are gone; MissingError without."""
    holder = claim.myself(CLAIM_SECONDS, host=socket.gethostname(), process=os.getpid())
    with claim.held(hypervisor.claims, name, holder):
        found = fleet.pair(hypervisor.machines, name)

        def away(machine_name: str) -> str:
            say(f"- remove container {machine_name}")
            remove.named(hypervisor, machine_name, pair=name)
            return machine_name

        return each((machine.name for machine in found.machines), away)
