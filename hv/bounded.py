"""A call with a deadline, for libraries that have none of their own."""

import threading
from collections.abc import Callable
from typing import TypeVar

Result = TypeVar("Result")


class OvertimeError(Exception):
    """The call took longer than it may."""


def call(function: Callable[[], Result], *, named: str, seconds: float) -> Result:
    """Return what the function returns, raise what it raises, or OvertimeError after so long.

    The function runs in a thread, which is left behind when it hangs.
    """
    outcome: list[Result] = []
    failure: list[BaseException] = []

    def work() -> None:
        try:
            outcome.append(function())
        except BaseException as error:  # noqa: BLE001  it is raised again below
            failure.append(error)

    thread = threading.Thread(target=work, name=named, daemon=True)
    thread.start()
    thread.join(seconds)
    if thread.is_alive():
        raise OvertimeError(named)
    for error in failure:
        raise error
    (result,) = outcome
    return result
