"""Fabrics in memory, which show what a test says."""

from collections.abc import Callable, Mapping

from vipprov.guest.deadline import Deadline
from vipprov.guest.fabric import FabricSight


class FakeFabrics:
    """Shows this fabric, or that there is none; `asked` are the bridges of each question.

    `meanwhile` is what a test does while the fabric takes its time to answer.
    """

    def __init__(self, sight: FabricSight | None = None) -> None:
        self.sight = sight
        self.asked: list[Mapping[str, str]] = []
        self.meanwhile: Callable[[], None] = lambda: None

    def any(self) -> bool:
        return self.sight is not None

    def show(self, told: Callable[[], Mapping[str, str]], by: Deadline) -> FabricSight | None:
        self.asked.append(told())
        self.meanwhile()
        return self.sight if by.remaining > 0 else None
