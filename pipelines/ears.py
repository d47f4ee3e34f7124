"""Let guests listen for adverts while the caller waits for something else: that takes longest."""

from collections.abc import Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor, wait
from contextlib import contextmanager
from dataclasses import dataclass

from vipprov.guest import adverts
from vipprov.guest.adverts import Heard
from vipprov.guest.deadline import Deadline
from vipprov.guest.errors import DeadlineError
from vipprov.guest.pair import Guest, Pair
from vipprov.guest.vrrp import instances
from vipprov.hv.machines import Runs

Owned = Mapping[str, frozenset[str]]
"""By guest, the instances that it is MASTER of; without those that could not be asked."""


class Ears:
    """What the guests of a pair hear, each from the moment when it began to listen."""

    def __init__(self, pair: Pair, listening: dict[str, Future[Heard]]) -> None:
        self._listening = listening
        self._seconds = patience(pair)

    def heard(self, guest: Guest) -> Heard:
        """Return what a guest has heard, once it has of all instances that it is no MASTER of.

        Raises what kept it from listening, and DeadlineError while one instance stays silent for
        longer than that can take: of the others it has not told yet.
        """
        future = self._listening[guest.name]
        wait((future,), timeout=self._seconds)
        if not future.done():
            raise DeadlineError(f"{guest.name} still listens for adverts.")
        return future.result()


@dataclass(frozen=True, slots=True, kw_only=True)
class Begun:
    """What a look begins with: who was MASTER of what just now, and who listens already."""

    owned: Owned
    ears: Ears | None = None


@contextmanager
def listening(pair: Pair, machines: Runs, *, seconds: float, by: Deadline) -> Iterator[Ears]:
    """Have all guests listen, for so many seconds at most, while the block lasts.

    A program that listens in a virtual machine when it ends goes on until its seconds are over.
    """
    ours = Deadline(at=by.at, clock=by.clock)

    def listen(guest: Guest) -> Heard:
        command = adverts.command(instances(pair, guest), seconds=seconds)
        return adverts.parse(machines.run(guest.name, command, by=ours).text)

    with ThreadPoolExecutor(max_workers=len(pair.guests)) as pool:
        try:
            yield Ears(pair, {guest.name: pool.submit(listen, guest) for guest in pair.guests})
        finally:
            ours.cancel()


def patience(pair: Pair) -> float:
    """Return the seconds after which a guest that hears no advert will not hear one."""
    return max(adverts.patience(pair.vip, guest.priority) for guest in pair.guests)
