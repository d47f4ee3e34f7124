"""Wait for an observed state until a moment, not for a number of tries."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from threading import Event
from typing import Protocol, Self, TypeVar

from vipprov.guest.errors import DeadlineError

Observed = TypeVar("Observed")


class Clock(Protocol):
    """Monotonic seconds, and a way to let them pass."""

    def now(self) -> float: ...

    def sleep(self, seconds: float) -> None: ...


class SystemClock:
    """The monotonic clock of this machine."""

    def now(self) -> float:
        return time.monotonic()

    def sleep(self, seconds: float) -> None:
        time.sleep(seconds)  # noqa: TID251  the one place where time really passes


@dataclass(frozen=True, slots=True)
class Deadline:
    """A moment, in seconds of its clock, after which waiting is an error."""

    at: float
    clock: Clock
    cancelled: Event = field(default_factory=Event, compare=False, repr=False)

    @classmethod
    def after(cls, seconds: float, *, clock: Clock) -> Self:
        """Return the moment that many seconds from now."""
        return cls(at=clock.now() + seconds, clock=clock)

    @property
    def remaining(self) -> float:
        """Seconds that are left; never negative, and none once it is cancelled."""
        return 0.0 if self.cancelled.is_set() else max(0.0, self.at - self.clock.now())

    def cancel(self) -> None:
        """Let the moment come now, for everybody who waits for it or for a part of it."""
        self.cancelled.set()

    def apart(self) -> "Deadline":
        """Return the same moment, which is cancelled by itself: neither ends with the other."""
        return Deadline(at=self.at, clock=self.clock)

    def within(self, seconds: float) -> "Deadline":
        """Return the earlier of this moment and the one that many seconds from now."""
        return replace(self, at=min(self.at, self.clock.now() + seconds))

    def poll(
        self, observe: Callable[[], Observed | None], *, what: str, every: float = 0.2
    ) -> Observed:
        """Return the first observation that is not None, or raise DeadlineError."""
        while (seen := observe()) is None:
            if self.remaining <= 0:
                raise DeadlineError(f"Gave up waiting for {what}.")
            self.clock.sleep(min(every, self.remaining))
        return seen
