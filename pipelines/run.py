"""What the steps of one run that makes a pair so share."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from vipprov.guest.deadline import Deadline
from vipprov.guest.pair import Guest
from vipprov.hv.registry import Hypervisor

Report = Callable[[str], None]
Configured = Callable[[Guest, frozenset[str]], None]
"""Is told of a guest that has come up, and of which instances it is MASTER."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """The hypervisor, the deadline, and who is told.

    `election` is the seconds after which a pair that can find an owner has found one.
    """

    hypervisor: Hypervisor
    pair: str
    by: Deadline
    election: float
    say: Report
    configured: Configured
    logs: Path
