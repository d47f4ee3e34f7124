"""How long things take, and what is told of it."""

import statistics
import time
from collections.abc import Callable


def seconds(work: Callable[[], object]) -> float:
    start = time.monotonic()
    work()
    return time.monotonic() - start


def median(figures: list[float]) -> float:
    return statistics.median(figures)
