"""Figures of repeated measurements: median, 95th percentile, maximum. Pure."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median


@dataclass(frozen=True, slots=True, kw_only=True)
class Spread:
    """How the values of several runs are spread."""

    median: float
    p95: float
    max: float


def spread(values: Sequence[float]) -> Spread | None:
    """Return the spread; None of no values. p95 is the least value that 95 % do not exceed."""
    if not values:
        return None
    ordered = sorted(values)
    rank = math.ceil(len(ordered) * 95 / 100)
    return Spread(median=median(ordered), p95=ordered[rank - 1], max=ordered[-1])
