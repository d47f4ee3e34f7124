"""Do the same for several guests at once."""

from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor, wait
from typing import TypeVar

from vipprov.guest.deadline import Deadline

Item = TypeVar("Item")
Result = TypeVar("Result")


def each(
    items: Iterable[Item], work: Callable[[Item], Result], *, by: Deadline | None = None
) -> tuple[Result, ...]:
    """Return the results in the order of the items.

    All items are worked on to their end; then the first failure, if any, is raised. So a caller
    that undoes what was done does not race with what is still going on. An interrupt cancels the
    deadline that the workers go by, and is raised once they have ended.
    """
    todo = tuple(items)
    with ThreadPoolExecutor(max_workers=max(1, len(todo))) as pool:
        futures = [pool.submit(work, item) for item in todo]
        try:
            wait(futures)
        except BaseException:
            if by is not None:
                by.cancel()
            wait(futures)
            raise
    return tuple(future.result() for future in futures)
