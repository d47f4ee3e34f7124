"""Do the same for several guests at once."""

from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

Item = TypeVar("Item")
Result = TypeVar("Result")


def each(items: Iterable[Item], work: Callable[[Item], Result]) -> tuple[Result, ...]:
    """Return the results in the order of the items.

    All items are worked on to their end; then the first failure, if any, is raised. So a caller
    that undoes what was done does not race with what is still going on.
    """
    todo = tuple(items)
    with ThreadPoolExecutor(max_workers=max(1, len(todo))) as pool:
        futures = [pool.submit(work, item) for item in todo]
    return tuple(future.result() for future in futures)
