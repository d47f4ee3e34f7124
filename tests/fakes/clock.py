"""A clock that moves only when somebody sleeps."""


class FakeClock:
    """Starts at zero."""

    def __init__(self) -> None:
        self.time = 0.0

    def now(self) -> float:
        return self.time

    def sleep(self, seconds: float) -> None:
        self.time += seconds
