"""A sign: a cause of the catalogue that shows in what was seen."""

from dataclasses import dataclass

from vipprov.guest.judgement.cause import Cause
from vipprov.guest.judgement.finding import Fault


@dataclass(frozen=True, slots=True)
class Sign:
    """The cause, the guests that it lies with (none: outside of all), and the fault in words."""

    cause: Cause
    guests: frozenset[str]
    fault: Fault
