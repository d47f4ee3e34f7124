"""What the steps of one run that makes a pair so share."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from vipprov.guest.deadline import Deadline
from vipprov.hv.registry import Hypervisor

Report = Callable[[str], None]


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
    logs: Path
