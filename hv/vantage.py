"""The vantage port: a host of our own on a port group, from where a pair is seen as others see it.

Promises of every adapter: it never takes an address that somebody answers for, leaves nothing
behind, and may be asked several things at once.
"""

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from typing import Protocol

from vipprov.guest.adverts import Advert
from vipprov.guest.deadline import Deadline
from vipprov.guest.observation import PingResult, Resolution
from vipprov.guest.pair import Address
from vipprov.hv.frames import Host


class Vantage(Protocol):
    """Asks who has an address, pings, and can be pinged."""

    def ask(self, address: Address, *, by: Deadline) -> Resolution:
        """Ask several times who has the address; wait for a first answer until the deadline."""
        ...

    def free(self, candidates: Sequence[Address], *, by: Deadline) -> Address | None:
        """Return the first of the addresses that nobody answers for; None if there is none."""
        ...

    def answering(
        self, address: Address, *, told: Sequence[Host] = ()
    ) -> AbstractContextManager[None]:
        """Have this address within the block: answer for it, and answer pings to it.

        That it is ours now is told to all, and to these hosts themselves: not everything that is
        meant for all gets to all.
        """
        ...

    def ping(self, target: Address, *, mac: str, source: Address, by: Deadline) -> PingResult:
        """Ping the target behind this MAC from an address that we answer for."""
        ...

    def overheard(self, *, by: Deadline) -> tuple[Advert, ...]:
        """Return the VRRP adverts that reached us since we are here, each sender's once.

        It waits until a router that adverts once a second has had its turn.
        """
        ...


Vantages = Callable[[str], AbstractContextManager[Vantage]]
"""Opens a vantage point on the port group of this name."""
